import { startAccepting } from './accept.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { placementOf } from './harness/cores.ts';
import { install } from './harness/installation.ts';
import { measureLoad } from './harness/measure.ts';
import { startServer } from './harness/programs.ts';
import { sendRequests } from './harness/requests.ts';

export const acceptNaive: Benchmark = {
  name: 'accept-naive',
  ours: 'sms-send, 64 connections; a worker drains meanwhile',
  limit:
    'one INSERT and one queue.add for each request, no key, no rate limit, no idempotency, nothing draining',
  async run(run) {
    const installation = await install(run);
    const { databaseUrl, redisUrl, sql } = installation;
    await sql(`CREATE TABLE naive_messages (id uuid PRIMARY KEY, to_number text NOT NULL, body text NOT NULL,
                                            created_at timestamptz NOT NULL DEFAULT now())`);
    const measureOurs = await startAccepting(run, installation);
    const spec = { databaseUrl, redisUrl, limitPerSecond: 0 };
    const naive = await startServer(run.scope, 'naive', spec, placementOf().measured);
    const requests = sendRequests(installation);
    return compare(run, {
      ours: { name: 'gateway', counted: 'message', measure: measureOurs },
      limit: {
        name: 'INSERT and add',
        counted: 'req',
        async measure() {
          const target = { port: naive.port, pids: [naive.pid] };
          const sample = await measureLoad(run, target, { connections: 64, requests });
          await sql('TRUNCATE naive_messages');
          return sample;
        },
      },
      floor: 2,
      goal: 4,
    });
  },
};
