import { activationSubject } from '#libs/cache';
import { isFinalActivationState, pollIntervalMs } from '#libs/domain';
import { type ActivationRow, listCodes } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { presentActivation } from './present-activation.ts';

/**
 * After a commit: the status cache, the poll schedule, and whoever waits. All three can be lost: a status miss reads
 * the row, the schedule is rebuilt from the rows, a waiter reads again.
 */
export async function publishActivation(ctx: ServiceContext, row: ActivationRow): Promise<void> {
  const results = await Promise.allSettled([cacheStatus(ctx, row), schedule(ctx, row)]);
  await ctx.replies.announce(activationSubject(row.id)).catch(() => undefined);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed)
    ctx.log.debug({ event: 'activation.publish_failed', activation_id: row.id, err: failed.reason });
}

/** Writes the reply to `status` into the cache and returns it. */
export async function cacheStatus(ctx: ServiceContext, row: ActivationRow): Promise<string> {
  const codes = mayHaveCodes(row) ? await listCodes(ctx.db, [row.id]) : [];
  const presented = presentActivation(ctx, row, codes);
  const reply = JSON.stringify(presented);
  const secret = codes.length > 0 || presented.status === 'unknown';
  await ctx.cache
    .write({ activationId: row.id, userId: row.userId, version: row.version, reply, secret })
    .catch(() => undefined);
  return reply;
}

export function mayHaveCodes(row: ActivationRow): boolean {
  return row.state === 'received' || row.state === 'finished' || row.lateCode;
}

async function schedule(ctx: ServiceContext, row: ActivationRow): Promise<void> {
  if (isFinalActivationState(row.state)) return ctx.pollIndex.remove([row.id]);
  const atMs = nextPollMs(row);
  if (atMs !== null) await ctx.pollIndex.schedule([{ activationId: row.id, atMs }]);
}

/** When to ask about it next, with up to a tenth of jitter; null when there is nothing to ask about. */
export function nextPollMs(row: ActivationRow, nowMs = Date.now()): number | null {
  if (!row.purchasedAt || !row.expiresAt) return null;
  const interval = pollIntervalMs({
    nowMs,
    purchasedAtMs: row.purchasedAt.getTime(),
    expiresAtMs: row.expiresAt.getTime(),
    expectingCode: row.expectingCode,
  });
  return nowMs + interval * (0.9 + 0.1 * Math.random());
}
