/** The bot's voice: a queue that plays without gaps, reports what was heard and can be emptied at once. */

import { decode } from "./mulaw.js";
import { PHONE_RATE } from "./resample.js";

const LEAD = 480; // samples of head start after a silence, against late frames: 60 ms
const PERMISSION_MS = 500;

export class Speaker {
  #onPlayed;
  #context = null;
  #audible = false;
  #sources = new Set();
  #checkpoints = []; // [{ name, at }], `at` in samples of our clock
  #end = 0; // where what was queued so far ends, in samples of our clock
  #timer = 0;

  /** `onPlayed(name)` is called when everything before that checkpoint has been played. */
  constructor(onPlayed) {
    this.#onPlayed = onPlayed;
  }

  /** Call this from a click. Where the browser gives no sound, time passes as if there were. */
  async open() {
    if (!window.AudioContext) return;
    this.#context = new AudioContext({ sampleRate: PHONE_RATE, latencyHint: "interactive" });
    await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, PERMISSION_MS))]);
    this.#audible = this.#context.state === "running";
    this.#context.onstatechange = () => this.#changeClock();
  }

  play(bytes) {
    const now = this.#now();
    if (this.#end < now) this.#end = now + LEAD;
    if (this.#audible) this.#schedule(decode(bytes), this.#end / PHONE_RATE);
    this.#end += bytes.length;
  }

  #schedule(samples, time) {
    const buffer = this.#context.createBuffer(1, samples.length, PHONE_RATE);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = () => this.#sources.delete(source);
    source.start(time);
    this.#sources.add(source);
  }

  checkpoint(name) {
    this.#checkpoints.push({ name, at: this.#end });
    this.#report();
  }

  /** Throw away what was not played; its checkpoints are never reported. */
  clear() {
    this.#silence();
    this.#checkpoints = [];
    this.#end = 0;
    clearTimeout(this.#timer);
  }

  /** Seconds since the last sound ended; 0 while there is some. */
  get quietFor() {
    return Math.max(0, this.#now() - this.#end) / PHONE_RATE;
  }

  close() {
    this.clear();
    if (!this.#context) return;
    this.#context.onstatechange = null;
    this.#context.close();
    this.#context = null;
    this.#audible = false;
  }

  #silence() {
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
  }

  #now() {
    const seconds = this.#audible ? this.#context.currentTime : performance.now() / 1000;
    return Math.round(seconds * PHONE_RATE);
  }

  #report() {
    clearTimeout(this.#timer);
    const latency = this.#audible ? (this.#context.outputLatency || 0) * PHONE_RATE : 0;
    const heard = this.#now() - latency;
    while (this.#checkpoints.length && this.#checkpoints[0].at <= heard) {
      this.#onPlayed(this.#checkpoints.shift().name);
    }
    if (!this.#checkpoints.length) return;
    const wait = ((this.#checkpoints[0].at - heard) / PHONE_RATE) * 1000;
    this.#timer = setTimeout(() => this.#report(), Math.max(5, wait));
  }

  /** The sound was taken away or given back in the middle of a call: go on by the other clock. */
  #changeClock() {
    const audible = this.#context.state === "running";
    if (audible === this.#audible) return;
    this.#silence();
    const before = this.#now();
    this.#audible = audible;
    const shift = this.#now() - before;
    this.#end += shift;
    for (const checkpoint of this.#checkpoints) checkpoint.at += shift;
    this.#report();
  }
}
