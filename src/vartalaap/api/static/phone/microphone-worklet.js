/** On the audio thread: the microphone's samples become 20 ms frames of mu-law. */

import { encode } from "./mulaw.js";
import { Downsampler } from "./resample.js";

const FRAME = 160;

class PhoneMicrophone extends AudioWorkletProcessor {
  #downsampler = new Downsampler(sampleRate);
  #frame = new Uint8Array(FRAME);
  #filled = 0;

  process([[channel]]) {
    if (channel) this.#downsampler.push(channel, (sample) => this.#take(sample));
    return true;
  }

  #take(sample) {
    this.#frame[this.#filled++] = encode(sample);
    if (this.#filled < FRAME) return;
    this.port.postMessage(this.#frame, [this.#frame.buffer]);
    this.#frame = new Uint8Array(FRAME);
    this.#filled = 0;
  }
}

registerProcessor("phone-microphone", PhoneMicrophone);
