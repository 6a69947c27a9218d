import type { AppProcess } from './app-process.ts';

/** A metric's buckets, summed over its labels: upper bound in its unit → how many observations lie at or below it. */
export type Buckets = Map<number, number>;

export async function readBuckets(process: AppProcess, name: string): Promise<Buckets> {
  const buckets: Buckets = new Map();
  for (const line of (await process.metrics()).split('\n')) {
    if (!line.startsWith(`${name}_bucket{`)) continue;
    const bound = Number((/le="([^"]+)"/.exec(line)?.[1] ?? '').replace('+Inf', 'Infinity'));
    const count = Number(line.slice(line.lastIndexOf(' ') + 1));
    buckets.set(bound, (buckets.get(bound) ?? 0) + count);
  }
  return buckets;
}

/** What `share` of the observations between two readings stay below; between the bounds of a bucket it is a guess. */
export function percentileBetween(before: Buckets, after: Buckets, share: number): number {
  const counts = [...after]
    .map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const)
    .sort(([a], [b]) => a - b);
  const total = counts.at(-1)?.[1] ?? 0;
  if (total === 0) return Number.NaN;
  let [lower, below] = [0, 0];
  for (const [bound, count] of counts) {
    if (count >= share * total) {
      if (!Number.isFinite(bound)) return lower;
      return lower + ((share * total - below) / (count - below)) * (bound - lower);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
