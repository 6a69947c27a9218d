import type { AppProcess } from './harness/app-process.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { placementOf } from './harness/cores.ts';
import { type Installation, install } from './harness/installation.ts';
import { measureLoad, type Sample } from './harness/measure.ts';
import { discardMessages } from './harness/messages.ts';
import { startServer } from './harness/programs.ts';
import { sendRequests } from './harness/requests.ts';
import type { Run } from './harness/run.ts';

export const accept: Benchmark = {
  name: 'accept',
  ours: 'sms-send, 64 connections: all checks, idempotency look-up, one durable commit; a worker drains meanwhile',
  limit: 'bare Fastify POST with a body schema',
  async run(run) {
    const installation = await install(run);
    const measureOurs = await startAccepting(run, installation);
    const bare = await startServer(run.scope, 'bare', {}, placementOf().measured);
    const target = { port: bare.port, pids: [bare.pid] };
    const requests = sendRequests(installation);
    return compare(run, {
      ours: { name: 'gateway', counted: 'message', measure: measureOurs },
      limit: {
        name: 'bare Fastify',
        counted: 'req',
        measure: () => measureLoad(run, target, { connections: 64, requests }),
      },
      floor: 0.25,
      goal: 0.45,
    });
  },
};

/**
 * A gateway on the measured core. Worker and poller drain on what the generator, PostgreSQL and Redis leave of the
 * others. What a round leaves over is gone before the next.
 */
export async function startAccepting(run: Run, installation: Installation): Promise<() => Promise<Sample>> {
  const aside = { cores: placementOf().rest, aside: true };
  const gateway = await installation.start('gateway');
  await installation.start('worker', aside);
  await installation.start('poller', aside);
  return () => measureSends(run, installation, gateway);
}

export async function measureSends(
  run: Run,
  installation: Installation,
  { port, pid }: AppProcess,
): Promise<Sample> {
  const requests = sendRequests(installation);
  const sample = await measureLoad(run, { port, pids: [pid] }, { connections: 64, requests });
  await discardMessages(installation);
  return sample;
}
