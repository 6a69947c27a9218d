import { setTimeout as delay } from 'node:timers/promises';
import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { mishaps } from './harness/chaos.ts';
import type { Member } from './harness/crew.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { growth, type Memory, measureMemory, measureRest, type Rest } from './harness/growth.ts';
import { startLoad } from './harness/load.ts';
import { liveOn } from './harness/rental-life.ts';
import { startWorld, type World } from './harness/world.ts';

const minutes = Number(process.env.SMSX_FAULTS_MINUTES) || 30;
const BETWEEN_MISHAPS_MS = 10_000;
const BETWEEN_SAMPLES_MS = 5_000;
/** A garbage collector has its moods; a leak of one kilobyte per request would be far beyond. */
const MEMORY_MOOD_MB = 40;
/** Queues that were not used before have keys of their own now. */
const KEYS_OF_QUEUES = 60;

tap.setTimeout((minutes + 10) * 60_000);

fault(
  {
    id: 'SOAK',
    title: 'mixed load with a random fault every 10 s',
    criterion:
      '0 lost, 0 doubled, every invariant holds, no growth of memory, lasting Redis keys or connections',
    quick: false,
    timeoutSeconds: (minutes + 8) * 60,
  },
  async (run) => {
    const { t, random } = run;
    const world = await startWorld(t, { gateways: 2, workers: 2, pollers: 2, partners: 4 });
    // These live from the beginning to the end, so that their memory tells something.
    const observed = (['gateway', 'worker', 'poller'] as const).flatMap((app) =>
      world.crew.members(app).slice(0, 1),
    );
    // A doubled id is the id of the rental before, so there must be one.
    const [first] = world.partners;
    if (first) await world.client.rent(first);
    const before = await measureRest(world);
    const load = startLoad(t, world.client, {
      partners: world.partners,
      random,
      sendsPerSecond: 8,
      rentsPerSecond: 0.5,
      pollsPerSecond: 15,
      afterRent: (wish) => liveOn(world, random, wish),
    });
    const samples = sampleUntilStopped(t, observed);
    const struck = await strikeFor(run, world, new Set(observed.map(({ name }) => name)));
    await load.stop();
    const recoverMs = await world.settle(120_000);
    const { lost, doubled } = await audit(t, world);
    checkMemory(run, await samples.stop());
    await checkRest(run, world, before);
    t.comment(`answers by status: ${JSON.stringify([...world.client.log.statuses])}`);
    run.report({ runs: struck, lost, doubled, recoverMs });
  },
);

/** Strikes every ten seconds, whatever the last mishap took; returns how often. */
async function strikeFor({ t, random }: FaultRun, world: World, spared: Set<string>): Promise<number> {
  const menu = mishaps(spared);
  const end = performance.now() + minutes * 60_000;
  let struck = 0;
  while (performance.now() < end) {
    const mishap = random.pick(menu);
    const next = delay(BETWEEN_MISHAPS_MS);
    t.comment(`${new Date().toISOString()} ${mishap.name}`);
    await mishap.strike(world, random);
    struck += 1;
    await next;
  }
  return struck;
}

function sampleUntilStopped(t: FaultRun['t'], observed: Member[]) {
  const samples: Memory[] = [];
  const timer = setInterval(() => samples.push(measureMemory(observed)), BETWEEN_SAMPLES_MS);
  t.teardown(() => clearInterval(timer));
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

function checkMemory({ t }: FaultRun, samples: Memory[]): void {
  for (const name of Object.keys(samples[0] ?? {})) {
    const { early, late } = growth(samples, name);
    t.ok(late < early * 1.15 + MEMORY_MOOD_MB, `memory of ${name}: ${early} MB early, ${late} MB late`);
    t.comment(`memory of ${name}: ${early} MB early, ${late} MB late`);
  }
}

/** Pools give back what they do not need; what is kept for good would stay. */
async function checkRest({ t }: FaultRun, world: World, before: Rest): Promise<void> {
  let after = await measureRest(world);
  const asBefore = async () => {
    after = await measureRest(world);
    return (
      after.lastingKeys <= before.lastingKeys + KEYS_OF_QUEUES &&
      after.redisConnections <= before.redisConnections + 2 &&
      after.postgresConnections <= before.postgresConnections + 5
    );
  };
  await until(asBefore, { timeoutMs: 120_000, everyMs: 1_000 }).catch(() => undefined);
  const told = `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`;
  t.ok(await asBefore(), `lasting Redis keys and connections are what they were at rest: ${told}`);
  t.comment(told);
}
