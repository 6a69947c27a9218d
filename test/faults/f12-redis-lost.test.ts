import { setTimeout as delay } from 'node:timers/promises';
import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { type Load, startLoad } from './harness/load.ts';
import { rentOne, servedThroughout, workersResume } from './harness/redis-criterion.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(400_000);

/** One world under load; `strike` applies the fault once and resolves when it is over. */
async function redisFails(
  { t, random, report }: FaultRun,
  rounds: number,
  strike: (world: World) => Promise<void>,
): Promise<void> {
  const world = await startWorld(t, { workers: 2, sandbox: { autoCodeSeconds: 2 } });
  // Codes come by polling alone, so that the rebuilt schedule is needed.
  await world.sandbox.control.changeSettings({ pushUrls: [] });
  await rentOne(world);
  const load: Load = startLoad(t, world.client, {
    partners: world.partners,
    random,
    sendsPerSecond: 12,
    rentsPerSecond: 1,
    pollsPerSecond: 12,
  });
  let recoverMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    await strike(world);
    recoverMs = Math.max(recoverMs, await workersResume(t, world));
  }
  await load.stop();
  await world.settle();
  servedThroughout(t, world);
  const { lost, doubled } = await audit(t, world);
  report({ runs: rounds, lost, doubled, recoverMs });
}

fault(
  {
    id: 'F12',
    title: 'FLUSHALL every 5 s under load',
    criterion:
      '0 lost, no request over 1.5 s (but the wait for a purchase), status served from Postgres, workers resume within 5 s',
    quick: true,
  },
  (run) =>
    redisFails(run, run.full ? 8 : 2, async (world) => {
      await (run.full ? delay(5_000) : accepted(world, 20));
      await world.redis.command('FLUSHALL');
    }),
);

fault(
  {
    id: 'F13',
    title: 'Redis killed and started empty',
    criterion:
      '0 lost, no request over 1.5 s (but the wait for a purchase), status served from Postgres, workers resume within 5 s',
    quick: true,
  },
  (run) =>
    redisFails(run, run.full ? 5 : 1, async (world) => {
      await world.redis.kill();
      // Long enough for work to be accepted without Redis.
      await accepted(world, 8);
      await world.redis.start();
    }),
);

fault(
  {
    id: 'F15',
    title: 'Redis frozen for 8 s',
    criterion:
      '0 lost, no request over 1.5 s (but the wait for a purchase), status served from Postgres, workers resume within 5 s',
    quick: false,
  },
  (run) =>
    redisFails(run, 2, async (world) => {
      world.redis.signal('SIGSTOP');
      await delay(8_000);
      world.redis.signal('SIGCONT');
    }),
);

/** Until so many more sends were accepted. */
async function accepted(world: World, more: number): Promise<void> {
  const count = () => world.client.log.wishes.filter(({ kind, id }) => kind === 'send' && id !== null).length;
  const before = count();
  await until(async () => count() >= before + more, { what: 'sends to be accepted without Redis' });
}
