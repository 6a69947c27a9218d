import { setTimeout as delay } from 'node:timers/promises';
import tap from 'tap';
import { audit } from './harness/audit.ts';
import type { Wish } from './harness/client.ts';
import { fault, type Test } from './harness/fault.ts';
import { startLoad } from './harness/load.ts';
import { EDITED_IN, startMeddler } from './harness/meddler.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(200_000);

fault(
  {
    id: 'F25',
    title: 'every job added twice; Bull Board retries, edits, obliterates',
    criterion: 'one call per epoch; edited data ignored; everything settles',
    quick: false,
    timeoutSeconds: 180,
  },
  async ({ t, random, full, report }) => {
    const world = await startWorld(t, { workers: 2 });
    // So that twins find their row while its call is under way.
    for (const [provider, action] of [
      ['twilio', 'create'],
      ['smsbower', 'getNumberV2'],
    ] as const)
      await world.sandbox.control.addFault({ provider, action, kind: 'slow', delayMs: 300, times: null });
    const load = startLoad(t, world.client, {
      partners: world.partners,
      random,
      sendsPerSecond: 15,
      rentsPerSecond: 3,
      afterRent: (wish) => (random.next() < 0.5 ? cancel(world, wish) : Promise.resolve()),
    });
    const meddler = startMeddler(t, world, random);
    await delay(full ? 30_000 : 8_000);
    await load.stop();
    await meddler.stop();
    const recoverMs = await world.settle();
    t.comment(JSON.stringify(Object.fromEntries(meddler.deeds)));
    for (const deed of ['added twice', 'edited: more fields', 'retried', 'obliterated'])
      t.ok((meddler.deeds.get(deed) ?? 0) > 0, `jobs were ${deed}`);
    await oneCallForEachEpoch(t, world);
    await nothingEdited(t, world);
    const { lost, doubled } = await audit(t, world);
    const runs = [...meddler.deeds.values()].reduce((sum, count) => sum + count, 0);
    report({ runs, lost, doubled, recoverMs });
  },
);

async function cancel(world: World, wish: Wish): Promise<void> {
  await world.client.request(wish.partner, '/api/virtual-numbers.php?action=cancel', {
    body: { id: wish.id },
  });
}

/** The providers' own count of calls is at most that of the claims, and no claim was of an epoch called before. */
async function oneCallForEachEpoch(t: Test, world: World): Promise<void> {
  const { rows } = await world.ctx.db.query<{ sends: number; buys: number; beyond: number }>(
    `SELECT (SELECT sum(calls)::integer FROM messages) AS sends,
            (SELECT sum(calls)::integer FROM activations) AS buys,
            ((SELECT count(*) FROM messages WHERE calls > epoch OR repeated_calls > 0)
           + (SELECT count(*) FROM activations WHERE calls > epoch OR repeated_calls > 0
                OR command_calls > command_epoch OR command_repeated_calls > 0))::integer AS beyond`,
  );
  const { sends = 0, buys = 0, beyond } = rows[0] ?? {};
  const calls = await world.sandbox.control.calls();
  t.ok(sends > 0 && buys > 0, `${sends} sends and ${buys} purchases were claimed`);
  t.equal(beyond, 0, 'no epoch was called twice');
  t.ok((calls['twilio.create'] ?? 0) <= sends, `${calls['twilio.create']} sends reached the provider`);
  t.ok(
    (calls['smsbower.getNumberV2'] ?? 0) <= buys,
    `${calls['smsbower.getNumberV2']} purchases reached the provider`,
  );
}

/** What went out is what partners asked for, to whom they asked, whatever stood in a job. */
async function nothingEdited(t: Test, world: World): Promise<void> {
  const inbox = await world.sandbox.control.messages();
  const asked = new Set(world.client.log.wishes.map(({ to }) => to));
  t.same(
    inbox.filter(({ to }) => !asked.has(to)),
    [],
    'nobody got a message that was not asked for',
  );
  t.same(
    inbox.filter(({ body }) => body.includes(EDITED_IN.message)),
    [],
    'no text was taken from a job',
  );
  t.same(
    inbox.filter(({ to, body }) => `Hello ${Number(to.slice(-7)) - 2_000_000}` !== body),
    [],
    'every text is its own',
  );
}
