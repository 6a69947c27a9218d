import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { fault } from './harness/fault.ts';
import { startLoad } from './harness/load.ts';
import { rentOne, servedThroughout, workersResume } from './harness/redis-criterion.ts';
import { startWorld } from './harness/world.ts';

tap.setTimeout(200_000);

fault(
  {
    id: 'F17',
    title: 'Redis reaches its memory limit',
    criterion: 'accepts go on and are safe, status is served, recovery by itself once there is memory again',
    quick: true,
  },
  async ({ t, random, full, report }) => {
    const world = await startWorld(t, { sandbox: { autoCodeSeconds: 2 } });
    await rentOne(world);
    const rounds = full ? 4 : 1;
    let recoverMs = 0;
    const load = startLoad(t, world.client, {
      partners: world.partners,
      random,
      sendsPerSecond: 12,
      pollsPerSecond: 12,
      rentsPerSecond: full ? 1 : 0,
    });
    for (let round = 0; round < rounds; round += 1) {
      const { wishes } = world.client.log;
      const accepted = () => wishes.filter(({ id }) => id !== null).length;
      await world.redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
      const before = accepted();
      t.equal(await refusesWrites(world.redis), true, 'Redis takes no more');
      await until(async () => accepted() >= before + 30, { what: 'sends to be accepted without queues' });
      await world.redis.command('CONFIG', 'SET', 'maxmemory', '0');
      recoverMs = Math.max(recoverMs, await workersResume(t, world));
    }
    await load.stop();
    await world.settle(120_000);
    servedThroughout(t, world);
    report({ runs: rounds, ...(await audit(t, world)), recoverMs });
  },
);

async function refusesWrites(redis: { command(...words: string[]): Promise<unknown> }): Promise<boolean> {
  return redis.command('SET', 'probe', 'x').then(
    () => false,
    (error: Error) => error.message.startsWith('OOM'),
  );
}
