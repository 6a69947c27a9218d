/** Counts of latencies: exact to 1 % up to a hundred seconds, in memory that does not grow. */
export interface Histogram {
  add(ms: number): void;
  clear(): void;
  count(): number;
  /** The latency that `share` (0 to 1) of all stay below, in milliseconds. */
  percentile(share: number): number;
  mostMs(): number;
}

const STEPS_PER_DOUBLING = 64;
const LEAST_MS = 0.001;
const DOUBLINGS = 27;

export function createHistogram(): Histogram {
  const counts = new Float64Array(STEPS_PER_DOUBLING * DOUBLINGS);
  let total = 0;
  let most = 0;
  return {
    add(ms) {
      const step = Math.floor(Math.log2(Math.max(ms, LEAST_MS) / LEAST_MS) * STEPS_PER_DOUBLING);
      const index = Math.min(counts.length - 1, step);
      counts[index] = (counts[index] ?? 0) + 1;
      total += 1;
      if (ms > most) most = ms;
    },
    clear() {
      counts.fill(0);
      total = 0;
      most = 0;
    },
    count: () => total,
    percentile(share) {
      let left = share * total;
      for (const [index, count] of counts.entries()) {
        left -= count;
        if (left <= 0 && count > 0) return LEAST_MS * 2 ** ((index + 1) / STEPS_PER_DOUBLING);
      }
      return most;
    },
    mostMs: () => most,
  };
}
