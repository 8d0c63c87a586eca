/** From the microphone's rate to the telephone's, with the low-pass that this needs. */

export const PHONE_RATE = 8000;
const CUTOFF = 3600; // Hz, half way down
const REACH = 24; // samples at 8 kHz that the filter looks to each side: 3 ms

function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}

/** The low-pass at one of `phases` sub-sample offsets, scaled to leave a constant as it is. */
function kernel(rate, half, offset) {
  const cutoff = Math.min(CUTOFF / rate, 0.5);
  const taps = Float32Array.from({ length: 2 * half }, (_, index) => {
    const x = index - half + 1 - offset;
    const angle = 2 * Math.PI * cutoff * x;
    const ideal = angle ? Math.sin(angle) / angle : 1;
    const turn = (Math.PI * x) / half;
    return ideal * (0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn)); // Blackman
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

/** A polyphase resampler; exact for any whole rate (44100 needs 80 phases, 48000 one). */
export class Downsampler {
  #up;
  #down;
  #kernels;
  #buffer;
  #filled;
  #phase = 0;

  constructor(rate) {
    const common = gcd(rate, PHONE_RATE);
    this.#up = PHONE_RATE / common;
    this.#down = rate / common;
    const half = Math.ceil((REACH * rate) / PHONE_RATE);
    this.#kernels = Array.from({ length: this.#up }, (_, phase) => kernel(rate, half, phase / this.#up));
    this.#buffer = new Float32Array(2 * half + 16384);
    this.#filled = half - 1; // silence before the first sample, so that nothing of it is lost
  }

  /** Take up to 8192 samples in; `emit` receives each sample that comes out. */
  push(block, emit) {
    this.#buffer.set(block, this.#filled);
    this.#filled += block.length;
    const taps = this.#kernels[0].length;
    let at = 0;
    while (at + taps <= this.#filled) {
      const weights = this.#kernels[this.#phase];
      let sample = 0;
      for (let tap = 0; tap < taps; tap++) sample += weights[tap] * this.#buffer[at + tap];
      emit(sample);
      this.#phase += this.#down;
      at += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
    this.#buffer.copyWithin(0, at, this.#filled);
    this.#filled -= at;
  }
}
