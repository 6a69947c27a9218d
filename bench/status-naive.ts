import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { placementOf } from './harness/cores.ts';
import { type Installation, install } from './harness/installation.ts';
import { measureLoad } from './harness/measure.ts';
import { startServer } from './harness/programs.ts';
import { statusRequests } from './harness/requests.ts';
import { insertRentals, type Rental } from './harness/rows.ts';

const LIMIT_PER_SECOND = 1_000_000;

export const statusNaive: Benchmark = {
  name: 'status-naive',
  ours: 'partner poll, 64 connections',
  limit:
    'the same by four sequential Redis trips: rate limit as the stock plugin counts it, key, owner, status',
  async run(run) {
    const installation = await install(run);
    const rentals = await insertRentals(installation, { count: 512 });
    await fillNaive(installation, rentals);
    const requests = statusRequests(installation, rentals);
    const gateway = await installation.start('gateway');
    const { databaseUrl, redisUrl } = installation;
    const spec = { databaseUrl, redisUrl, limitPerSecond: LIMIT_PER_SECOND };
    const naive = await startServer(run.scope, 'naive', spec, placementOf().measured);
    const against = (target: { port: number; pid: number }) => () =>
      measureLoad(run, { port: target.port, pids: [target.pid] }, { connections: 64, requests });
    return compare(run, {
      ours: { name: 'gateway', counted: 'req', measure: against(gateway) },
      limit: { name: 'four trips', counted: 'req', measure: against(naive) },
      floor: 1.8,
      goal: 3,
    });
  },
};

/** The same keys, owners and replies, where the naive server looks for them. */
async function fillNaive({ redisUrl, partners, ctx }: Installation, rentals: Rental[]): Promise<void> {
  const redis = new Redis(redisUrl);
  for (const { userId, headers } of partners) {
    const key = (headers.authorization ?? '').slice('Bearer '.length);
    const digest = createHash('sha256').update(key).digest('hex');
    await redis.hset(`naive:key:${digest}`, { user: String(userId), name: 'bench' });
  }
  const { rows } = await ctx.db.query<{ id: number; user_id: number; phone: string }>(
    'SELECT id, user_id, phone FROM activations WHERE id = ANY($1)',
    [rentals.map((rental) => rental.id)],
  );
  for (const { id, user_id: userId, phone } of rows) {
    const reply = {
      ok: true,
      activation_id: String(id),
      status: 'waiting',
      phone,
      service: 'tg',
      country: 22,
    };
    await redis.mset(`naive:owner:${id}`, String(userId), `naive:status:${id}`, JSON.stringify(reply));
  }
  await redis.quit();
}
