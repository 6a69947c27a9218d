import type { Benchmark, Outcome } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { placementOf } from './harness/cores.ts';
import { install } from './harness/installation.ts';
import { measureLoad } from './harness/measure.ts';
import { startServer } from './harness/programs.ts';
import { statusRequests } from './harness/requests.ts';
import { insertRentals } from './harness/rows.ts';
import type { Run } from './harness/run.ts';

export const status: Benchmark = {
  name: 'status',
  ours: 'partner poll, 64 connections: key, rate limit, ownership, status, log, metrics',
  limit: 'bare Fastify, constant JSON with a response schema',
  run: (run) => compareStatus(run, { connections: 64, floor: 0.45, goal: 0.8 }),
};

export async function compareStatus(
  run: Run,
  { connections, floor, goal }: { connections: number; floor: number; goal: number },
): Promise<Outcome> {
  const installation = await install(run);
  const requests = statusRequests(installation, await insertRentals(installation, { count: 512 }));
  const gateway = await installation.start('gateway');
  const bare = await startServer(run.scope, 'bare', {}, placementOf().measured);
  const against = (target: { port: number; pid: number }) => () =>
    measureLoad(run, { port: target.port, pids: [target.pid] }, { connections, requests });
  return compare(run, {
    ours: { name: 'gateway', counted: 'req', measure: against(gateway) },
    limit: { name: 'bare Fastify', counted: 'req', measure: against(bare) },
    floor,
    goal,
  });
}
