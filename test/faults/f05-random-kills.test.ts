import { setTimeout as delay } from 'node:timers/promises';
import tap from 'tap';
import { audit } from './harness/audit.ts';
import { fault } from './harness/fault.ts';
import { startLoad } from './harness/load.ts';
import { liveOn } from './harness/rental-life.ts';
import { startWorld } from './harness/world.ts';

const BETWEEN_KILLS_MS = 2_000;
const EMPTY_WITHIN_MS = 60_000;

tap.setTimeout(600_000);

fault(
  {
    id: 'F5',
    title: 'a random worker killed every 2 s under load, 100 times',
    criterion: '0 lost, 0 doubled, backlog empty within 60 s',
    quick: false,
    timeoutSeconds: 560,
  },
  async ({ t, random, report }) => {
    const kills = 100;
    const world = await startWorld(t, { workers: 3, partners: 3 });
    const load = startLoad(t, world.client, {
      partners: world.partners,
      random,
      sendsPerSecond: 10,
      rentsPerSecond: 0.5,
      pollsPerSecond: 5,
      afterRent: (wish) => liveOn(world, random, wish),
    });
    for (let kill = 0; kill < kills; kill += 1) {
      const next = delay(BETWEEN_KILLS_MS);
      const workers = world.crew.members('worker');
      if (workers.length > 0) await random.pick(workers).end('SIGKILL');
      // A supervisor starts the next one at once; nobody waits for it.
      void world.crew.start('worker', { awaitReady: false });
      await next;
    }
    const ended = performance.now();
    await load.stop();
    await world.settle(EMPTY_WITHIN_MS);
    const recoverMs = performance.now() - ended;
    t.ok(recoverMs < EMPTY_WITHIN_MS, `backlog empty after ${Math.round(recoverMs)} ms`);
    const { lost, doubled } = await audit(t, world);
    report({ runs: kills, lost, doubled, recoverMs });
  },
);
