import { mirrorSubject } from '#libs/cache';
import { refreshMirrorJob } from '#libs/jobs';
import { type MirrorEntry, type MirrorKey, readMirror, wantMirror } from '#libs/store';
import type { WaitingContext } from './context.ts';
import { waitUntil } from './wait-until.ts';

/** `no_answer`: no worker or poller has taken it up; `failed`: the provider was asked, and this came of it. */
export type SyncResult =
  | { kind: 'fresh'; payload: unknown; ageSeconds: number }
  | { kind: 'failed'; failure: string }
  | { kind: 'no_answer' };

/** Has the background fetch one entry of the mirror, unless it is younger than `maxAgeSeconds`, and waits for it. */
export async function syncMirror({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: { key: MirrorKey; maxAgeSeconds: number; timeoutMs: number };
}): Promise<SyncResult> {
  const { key, maxAgeSeconds } = input;
  const started = performance.now();
  const sinceStart = () => (performance.now() - started) / 1_000;
  const isFresh = (entry: MirrorEntry | null) =>
    entry?.ageSeconds != null && entry.ageSeconds <= Math.max(maxAgeSeconds, sinceStart());
  const hasFailed = (entry: MirrorEntry | null) =>
    entry?.failedSeconds != null && entry.failedSeconds < sinceStart();
  await wantMirror(ctx.db, key, true);
  void ctx.jobs.enqueue(refreshMirrorJob(key));
  const entry = await waitUntil(ctx, {
    subject: mirrorSubject(key),
    timeoutMs: input.timeoutMs,
    read: () => readMirror(ctx.db, key),
    settled: (value) => isFresh(value) || hasFailed(value),
  });
  if (entry && isFresh(entry))
    return { kind: 'fresh', payload: entry.payload, ageSeconds: entry.ageSeconds ?? 0 };
  if (hasFailed(entry)) return { kind: 'failed', failure: entry?.failure ?? 'it gave no usable answer' };
  return { kind: 'no_answer' };
}
