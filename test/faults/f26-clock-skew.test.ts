import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Wish } from './harness/client.ts';
import type { App } from './harness/crew.ts';
import { fault, type Test } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(600_000);

const TEN_MINUTES_MS = 600_000;
/** Young rentals are asked about every 2.7 to 3 s. */
const LEAST_BETWEEN_POLLS_MS = 2_500;

const CLOCK_SKEW = {
  id: 'F26',
  title: 'one gateway, one worker and one poller whose clocks are ten minutes fast, then slow',
  criterion: 'no early expiry or cancel, nothing doubled, no storm of polls; the polls of the others go on',
  quick: false,
  timeoutSeconds: 200,
};

for (const skewMs of [TEN_MINUTES_MS, -TEN_MINUTES_MS]) {
  fault(CLOCK_SKEW, async ({ t, report, full }) => {
    const world = await startWorld(t, { gateways: 1, workers: 1, pollers: 1 });
    const skewed = skewFile(t, skewMs);
    for (const app of ['gateway', 'worker', 'poller'] as const satisfies App[])
      await world.crew.start(app, { nodeArgs: ['--import', skewed] });
    await world.front.look(world.crew);
    const [partner] = world.partners;
    if (!partner) throw new Error('no partner');

    // What is due later waits in Redis by a delay, which a wrong clock must not stretch.
    const count = full ? 12 : 6;
    await world.sandbox.control.addFault({
      provider: 'twilio',
      kind: 'throttled',
      action: 'create',
      times: count,
    });
    const wishes = await Promise.all([
      ...Array.from({ length: count }, () => world.client.send(partner)),
      ...Array.from({ length: count }, () => world.client.rent(partner)),
    ]);
    const rents = wishes.filter(({ kind }) => kind === 'rent');
    // Their delays were counted by wrong clocks too: ten minutes more, were nobody to notice.
    const recoverMs = await world.settle(60_000);
    t.comment(`throttled sends went out after ${Math.round(recoverMs)} ms`);

    await polled(world, rents, 3);
    const before = await pollsOf(world);
    const started = performance.now();
    await polled(world, rents, 3);
    const elapsedMs = performance.now() - started;
    const most = rents.length * (Math.ceil(elapsedMs / LEAST_BETWEEN_POLLS_MS) + 1);
    t.ok((await pollsOf(world)) - before <= most, 'no storm of polls');
    t.same(await statesOf(world), ['active'], 'nothing expires early');
    t.same(await world.sandbox.control.calls().then((calls) => calls['smsbower.setStatus'] ?? 0), 0);

    // The skewed poller alone, then the others alone: each goes on with what the other scheduled.
    const [straight, crooked] = world.crew.members('poller');
    await crooked?.end('SIGTERM');
    await polled(world, rents, 2);
    await world.crew.start('poller', { nodeArgs: ['--import', skewed] });
    await straight?.end('SIGTERM');
    await polled(world, rents, 2);

    await codeForEach(world, rents);
    const { lost, doubled } = await audit(t, world);
    report({ runs: wishes.length, lost, doubled, recoverMs });
  });
}

/** Date alone is shifted; timers and performance.now() run as ever, as with a clock that is set wrong. */
function skewFile(t: Test, skewMs: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-skew-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'skew.mjs');
  writeFileSync(
    file,
    `const Real = Date;
     globalThis.Date = class extends Real {
       constructor(...given) {
         if (given.length === 0) super(Real.now() + ${skewMs});
         else super(...given);
       }
       static now() { return Real.now() + ${skewMs}; }
     };`,
  );
  return pathToFileURL(file).href;
}

/** Every rental is asked about so many times more. */
async function polled(world: World, rents: Wish[], times: number): Promise<void> {
  const before = await pollsOf(world);
  await until(async () => (await pollsOf(world)) >= before + times * rents.length, {
    what: `${times} more questions about each of ${rents.length} rentals`,
    timeoutMs: 30_000,
  });
}

async function pollsOf({ sandbox }: World): Promise<number> {
  return (await sandbox.control.calls())['smsbower.getStatus'] ?? 0;
}

async function statesOf({ ctx }: World): Promise<string[]> {
  const { rows } = await ctx.db.query<{ state: string }>('SELECT DISTINCT state FROM activations');
  return rows.map(({ state }) => state);
}

async function codeForEach(world: World, rents: Wish[]): Promise<void> {
  for (const { phone } of await world.sandbox.control.rentals())
    await world.sandbox.control.deliverCode({ phone });
  await until(async () => (await statesOf(world)).every((state) => state === 'received'), {
    what: `the codes of ${rents.length} rentals`,
    timeoutMs: 30_000,
  });
}
