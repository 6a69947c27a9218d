import { activationSubject, type CachedStatus } from '#libs/cache';
import { isFinalActivationState, pollIntervalMs } from '#libs/domain';
import { type ActivationRow, listCodes } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { presentActivation } from './present-activation.ts';

/**
 * After a commit: the status cache, the poll schedule, and whoever waits. All three can be lost: a status miss reads
 * the row, the schedule is rebuilt from the rows, a waiter reads again. All leave at once, the cache first, and Redis
 * takes them in that order.
 */
export async function publishActivation(ctx: ServiceContext, row: ActivationRow): Promise<void> {
  const statuses = await presentForCache(ctx, [row]);
  await Promise.all([
    ...statuses.map((status) => ctx.cache.write(status).catch(() => writeLater(ctx, status, WRITE_ATTEMPTS))),
    ctx.replies.announce(activationSubject(row.id)).catch(() => undefined),
    schedule(ctx, row).catch(() => undefined),
  ]);
}

const WRITE_ATTEMPTS = 15;
const WRITE_AGAIN_MS = 1_000;

/** Redis came back with the reply before this one, perhaps; so it is written again. Its version guards the order. */
function writeLater(ctx: ServiceContext, status: CachedStatus, attempts: number): void {
  if (attempts === 0) return;
  const write = () => ctx.cache.write(status).catch(() => writeLater(ctx, status, attempts - 1));
  setTimeout(write, WRITE_AGAIN_MS).unref();
}

/**
 * The replies to `status` by id, written into the cache as far as that can be reached. The reader waits for no frozen
 * Redis.
 */
export async function cacheStatuses(
  ctx: ServiceContext,
  rows: ActivationRow[],
): Promise<Map<number, string>> {
  const statuses = await presentForCache(ctx, rows);
  for (const status of statuses) void ctx.cache.write(status).catch(() => undefined);
  return new Map(statuses.map(({ activationId, reply }) => [activationId, reply]));
}

async function presentForCache(ctx: ServiceContext, rows: ActivationRow[]): Promise<CachedStatus[]> {
  const withCodes = rows.filter(mayHaveCodes).map((row) => row.id);
  const codes = withCodes.length > 0 ? await listCodes(ctx.db, withCodes) : [];
  return rows.map((row) => {
    const own = codes.filter((code) => code.activationId === row.id);
    const presented = presentActivation(ctx, row, own);
    return {
      activationId: row.id,
      userId: row.userId,
      version: row.version,
      reply: JSON.stringify(presented),
      secret: own.length > 0 || presented.status === 'unknown',
      final: isFinalActivationState(row.state),
    };
  });
}

export function mayHaveCodes(row: ActivationRow): boolean {
  return row.state === 'received' || row.state === 'finished' || row.lateCode;
}

async function schedule(ctx: ServiceContext, row: ActivationRow): Promise<void> {
  if (isFinalActivationState(row.state)) return ctx.pollIndex.remove([row.id]);
  const inMs = nextPollInMs(row);
  if (inMs !== null) await ctx.pollIndex.schedule([{ activationId: row.id, inMs }]);
}

/**
 * Milliseconds until it is to be asked about next, with up to a tenth of jitter; null when there is nothing to ask
 * about. `sinceReadMs`: how long ago the row was read. All by the database's clock, as the row's own times are.
 */
export function nextPollInMs(
  row: Pick<ActivationRow, 'purchasedAt' | 'expiresAt' | 'readAt' | 'expectingCode'>,
  sinceReadMs = 0,
): number | null {
  if (!row.purchasedAt || !row.expiresAt) return null;
  const interval = pollIntervalMs({
    nowMs: row.readAt.getTime() + sinceReadMs,
    purchasedAtMs: row.purchasedAt.getTime(),
    expiresAtMs: row.expiresAt.getTime(),
    expectingCode: row.expectingCode,
  });
  return interval * (0.9 + 0.1 * Math.random());
}
