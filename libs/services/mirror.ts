import { mirrorSubject } from '#libs/cache';
import { PublicError, TEST_PROVIDER_ID } from '#libs/domain';
import { refreshMirrorJob } from '#libs/jobs';
import { type MirrorEntry, type MirrorKey, type MirrorKind, readMirror, wantMirror } from '#libs/store';
import type { WaitingContext } from './context.ts';
import { readTestCatalogue } from './test-catalogue.ts';
import { waitUntil } from './wait-until.ts';

/** How old a reply may be at most, in seconds. */
export const MIRROR_MAX_AGE_SECONDS: Record<MirrorKind, number> = {
  balance: 30,
  prices: 60,
  countries: 3_600,
  services: 3_600,
};

/** How long a request waits for what nobody has asked for lately. */
const COLD_WAIT_MS = 10_000;

/** What the mirror holds: the value, or which parameter the provider does not know. */
export type Mirrored<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'invalid'; parameter: 'service' | 'country' };

/** A scope that names what it narrows; absent parts mean all. */
export function priceScope(filter: { service?: string; country?: number }): string {
  const parts = new URLSearchParams();
  if (filter.service !== undefined) parts.set('service', filter.service);
  if (filter.country !== undefined) parts.set('country', String(filter.country));
  return parts.toString();
}

/**
 * Reads what the background keeps of a provider, and never asks the provider itself. When nothing fresh is there it
 * asks the background and waits up to ten seconds, then throws `provider_unavailable`. What plays for test keys has no
 * mirror: its catalogue is known, and one price of it depends on `userId`.
 */
export async function readFresh<Value>(
  ctx: WaitingContext,
  key: MirrorKey,
  userId: number | null = null,
): Promise<Mirrored<Value>> {
  if (key.providerId === TEST_PROVIDER_ID)
    return (await readTestCatalogue(ctx, key, userId)) as Mirrored<Value>;
  const entry = await readMirror(ctx.db, key);
  if (isFresh(entry)) {
    await wantMirror(ctx.db, key);
    return entry.payload as Mirrored<Value>;
  }
  return readCold<Value>(ctx, key);
}

/** The same when it is known that nothing fresh is there. */
export async function readCold<Value>(ctx: WaitingContext, key: MirrorKey): Promise<Mirrored<Value>> {
  return (await fetchCold(ctx, key)).payload as Mirrored<Value>;
}

async function fetchCold(ctx: WaitingContext, key: MirrorKey): Promise<MirrorEntry> {
  const started = performance.now();
  await wantMirror(ctx.db, key, true);
  void ctx.jobs.enqueue(refreshMirrorJob(key));
  const entry = await waitUntil(ctx, {
    subject: mirrorSubject(key),
    timeoutMs: COLD_WAIT_MS,
    read: () => readMirror(ctx.db, key),
    settled: (value) => isFresh(value) || failedSince(value, started),
  });
  if (isFresh(entry)) return entry;
  throw new PublicError('provider_unavailable', { retryAfterSeconds: 5 });
}

function isFresh(entry: MirrorEntry | null): entry is MirrorEntry {
  return entry?.ageSeconds != null && entry.ageSeconds <= MIRROR_MAX_AGE_SECONDS[entry.kind];
}

function failedSince(entry: MirrorEntry | null, started: number): boolean {
  return entry?.failedSeconds != null && entry.failedSeconds * 1_000 < performance.now() - started;
}
