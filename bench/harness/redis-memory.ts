import { Redis } from 'ioredis';
import { cacheStatuses, rebuildPollIndex } from '#libs/services';
import { listLive, loadActivations } from '#libs/store';
import type { Installation } from './installation.ts';

/** What Redis says its data takes, in bytes. */
export async function redisBytes(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl);
  const info = await redis.info('memory');
  await redis.quit();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}

export interface BytesEach {
  due: number;
  status: number;
}

const STATUS_SAMPLE = 5_000;

/** Bytes in Redis for each live rental: its place in the poll schedule, and its cached reply. No poller may run. */
export async function measureRentalBytes({ ctx, redisUrl }: Installation): Promise<BytesEach> {
  const before = await redisBytes(redisUrl);
  const rentals = await rebuildPollIndex(ctx);
  const scheduled = await redisBytes(redisUrl);
  const ids = await listLive(ctx.db, { afterId: 0, limit: Math.min(STATUS_SAMPLE, rentals) });
  const rows = await loadActivations(ctx.db, ids);
  const beforeStatus = await redisBytes(redisUrl);
  await cacheStatuses(ctx, rows);
  // On the same connection, and so behind all that was written.
  await ctx.cache.countRequest('bench');
  const cached = await redisBytes(redisUrl);
  return { due: (scheduled - before) / rentals, status: (cached - beforeStatus) / rows.length };
}
