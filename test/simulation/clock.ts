/** The process's own clocks and dice, replaced while a history runs so that it can be run again. */
export interface SimulatedTime {
  /** What `Date.now()` says to the process that runs now. */
  wallMs(): number;
  /** What `performance.now()` says. */
  monotonicMs(): number;
  seed: number;
}

const real = { now: Date.now, monotonic: performance.now.bind(performance), random: Math.random };

export function replaceClocks(time: SimulatedTime): void {
  Date.now = () => time.wallMs();
  performance.now = () => time.monotonicMs();
  Math.random = createRandom(time.seed);
}

export function restoreClocks(): void {
  Date.now = real.now;
  performance.now = real.monotonic;
  Math.random = real.random;
}

/** mulberry32: small, and the same for the same seed. */
function createRandom(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
