import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import tap from 'tap';
import type { CrashPoint } from '#libs/platform';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Partner, Wish } from './harness/client.ts';
import { fault } from './harness/fault.ts';
import { startLoad } from './harness/load.ts';
import { startWorld, type World } from './harness/world.ts';

const BLOCKED_LOOP = fileURLToPath(new URL('harness/blocked-loop.mjs', import.meta.url));
/** Longer than a job's lock, and than the sweep waits before it takes a worker for gone. */
const FROZEN_MS = 35_000;

tap.setTimeout(300_000);

fault(
  {
    id: 'F6',
    title: 'worker frozen past its lock, then resumed',
    criterion: 'one upstream call; what the zombie writes touches nothing',
    quick: false,
    timeoutSeconds: 200,
  },
  async ({ t, report }) => {
    const world = await startWorld(t, { workers: 0 });
    const places: [CrashPoint, (partner: Partner) => Promise<Wish>][] = [
      ['sms-send.claimed', (partner) => world.client.send(partner)],
      ['sms-send.answered', (partner) => world.client.send(partner)],
      ['rent-number.claimed', (partner) => world.client.rent(partner)],
      ['rent-number.answered', (partner) => world.client.rent(partner)],
    ];
    // Each has its own frozen worker; they all sleep at the same time.
    const zombies = [];
    for (const [place, wish] of places) zombies.push(await freeze(world, place, wish));
    const successor = await world.crew.start('worker');
    await delay(FROZEN_MS);
    await world.settle();
    const before = await rows(world);
    for (const { zombie } of zombies) zombie.signal('SIGCONT');
    await Promise.all(zombies.map(({ wished }) => wished));
    await settleAfterThaw(world);
    const after = await rows(world);
    const settled = before.filter((row) => row.state !== 'purchase_unknown');
    for (const row of settled)
      t.same(
        after.find(({ id }) => id === row.id),
        row,
        `the zombie does not touch ${row.state}`,
      );
    const calls = await world.sandbox.control.calls();
    t.equal(calls['twilio.create'], 2, 'one call for each message');
    t.ok((calls['smsbower.getNumberV2'] ?? 0) <= 2, 'at most one call for each rental');
    await successor.end('SIGTERM');
    const { lost, doubled } = await audit(t, world);
    report({ runs: places.length, lost, doubled, recoverMs: null });
  },
);

fault(
  {
    id: 'F7',
    title: 'event loop of a worker blocked for 20 s under load',
    criterion: 'one upstream call each; everything settles',
    quick: false,
    timeoutSeconds: 180,
  },
  async ({ t, random, report }) => {
    const world = await startWorld(t, { workers: 0 });
    const options = { nodeArgs: ['--import', BLOCKED_LOOP], env: { SMSX_BLOCK_MS: '20000' } };
    const [victim] = [await world.crew.start('worker', options), await world.crew.start('worker')];
    const load = startLoad(t, world.client, {
      partners: world.partners,
      random,
      sendsPerSecond: 15,
      rentsPerSecond: 1,
    });
    await delay(2_000);
    victim.signal('SIGUSR2');
    await delay(22_000);
    const ended = performance.now();
    await load.stop();
    await world.settle();
    const recoverMs = performance.now() - ended;
    const { lost, doubled } = await audit(t, world);
    report({ runs: 1, lost, doubled, recoverMs });
  },
);

/** A worker that stops itself at the place while it carries out the wish. */
async function freeze(world: World, place: CrashPoint, wish: (partner: Partner) => Promise<Wish>) {
  const zombie = await world.crew.start('worker', { env: { CRASH_AT: `${place}:stop` } });
  const [partner] = world.partners;
  if (!partner) throw new Error('a world without partners');
  const wished = wish(partner);
  await until(async () => await zombie.frozen(), { what: `${zombie.name} to freeze at ${place}` });
  return { zombie, wished };
}

/** Long enough for the thawed to write what they have in hand: their next heartbeat shows that they run. */
async function settleAfterThaw(world: World): Promise<void> {
  for (const worker of world.crew.members('worker'))
    await until(() => worker.ready(), { what: `${worker.name} to answer again` });
  await delay(1_000);
  await world.settle();
}

async function rows(world: World): Promise<{ id: string; state: string; epoch: number }[]> {
  const { rows: found } = await world.ctx.db.query<{ id: string; state: string; epoch: number }>(
    `SELECT id::text, CASE WHEN state IN ('sent', 'delivered') THEN 'sent' ELSE state END AS state, epoch FROM messages
     UNION ALL SELECT id::text, state, epoch FROM activations ORDER BY id`,
  );
  return found;
}
