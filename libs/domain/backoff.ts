/**
 * Full-jitter exponential backoff: a random time up to `baseMs · 2^(attempt−1)`, at most `mostMs` and at least a
 * quarter of that bound, so that many rows do not come back together and none comes back at once.
 */
export function backoffMs(attempt: number, { baseMs, mostMs }: { baseMs: number; mostMs: number }): number {
  const bound = Math.min(mostMs, baseMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 20));
  return Math.round(bound * (0.25 + 0.75 * Math.random()));
}
