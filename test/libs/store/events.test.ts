import { randomUUID } from 'node:crypto';
import pg from 'pg';
import t from 'tap';
import { type Database, openDatabase } from '#libs/platform';
import {
  alignEventClock,
  eraseOldEvents,
  FEED_START,
  type FeedPlace,
  findFeedEnd,
  insertEndpoint,
  isPlaceForgotten,
  readFeed,
  readFeeds,
  takeDueDeliveries,
} from '#libs/store';
import { readyMessages } from '../../helpers/message-rows.ts';
import { createTestDatabase, type Teardown } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';

const OWNER = 'u:1';

t.test('whatever moved is told, once for each message and state', async (t) => {
  const { db } = await openEvents(t);
  const ids = (await readyMessages(db, 250)).map(({ id }) => id);
  const move = (state: string, some = ids) =>
    db.query('UPDATE messages SET state = $1 WHERE id = ANY($2::uuid[])', [state, some]);
  await move('calling');
  t.same(await typesOf(db), [], 'nobody is told of a call');
  await move('sent');
  await db.query(`UPDATE messages SET updated_at = now()`);
  t.equal(
    (await typesOf(db)).length,
    250,
    'one event each for one statement, and none for a row that only changed',
  );
  t.equal(new Set((await allEvents(db)).map(({ messageId }) => messageId)).size, 250);
  await move('delivered', ids.slice(0, 3));
  t.same(
    (await typesOf(db)).slice(250),
    Array.from({ length: 3 }, () => 'message.delivered'),
  );
  for (const state of ['unknown', 'sent']) await move(state, ids.slice(3, 5));
  t.equal((await typesOf(db)).length, 253, 'doubted and found again: told once');
  const undone = db.transaction(async (tx) => {
    await tx.query(`UPDATE messages SET state = 'failed' WHERE id = $1`, [ids[9]]);
    throw new Error('undone on purpose');
  });
  await t.rejects(undone);
  t.equal((await typesOf(db)).length, 253, 'what is rolled back did not happen');
});

t.test('an outcome that overtakes its acceptance tells both, the acceptance first', async (t) => {
  const { db } = await openEvents(t);
  const move = (state: string, ids: string[]) =>
    db.query('UPDATE messages SET state = $1 WHERE id = ANY($2::uuid[])', [state, ids]);
  const ways = [
    { by: ['calling', 'delivered'], told: ['message.sent', 'message.delivered'] },
    { by: ['calling', 'unknown', 'undelivered'], told: ['message.sent', 'message.undelivered'] },
    { by: ['calling', 'sent', 'delivered'], told: ['message.sent', 'message.delivered'] },
    { by: ['calling', 'sent', 'unknown', 'delivered'], told: ['message.sent', 'message.delivered'] },
    { by: ['calling', 'failed'], told: ['message.failed'] },
  ];
  for (const { by, told } of ways) {
    const ids = (await readyMessages(db, 2)).map(({ id }) => id);
    for (const state of by) await move(state, ids);
    const events = await allEvents(db);
    for (const id of ids) {
      const types = events.filter(({ messageId }) => messageId === id).map(({ type }) => type);
      t.same(types, told, by.join(' > '));
    }
  }
});

t.test('a reader never passes an event that commits later', async (t) => {
  const { db, url } = await openEvents(t);
  const [early, late, last] = await readyMessages(db, 3);
  const slow = new pg.Client({ connectionString: url });
  await slow.connect();
  t.teardown(() => slow.end());
  const send = `UPDATE messages SET state = 'sent' WHERE id = $1`;
  await slow.query('BEGIN');
  await slow.query(send, [early?.id]);
  await db.query(send, [late?.id]);
  const committed = await db.query('SELECT FROM events');
  t.equal(committed.rowCount, 1, 'the later one is committed');
  const before = await readFeed(db, { owner: OWNER, after: FEED_START, types: null, limit: 10 });
  t.same(before.events, [], 'and waits for the one before it');
  const end = await findFeedEnd(db);
  await slow.query('COMMIT');
  const both = await untilEvents(db, before.next, 2);
  t.same(
    both.map(({ messageId }) => messageId),
    [early?.id, late?.id],
    'in the order of their transactions',
  );
  t.same(
    (await untilEvents(db, end, 2)).map(({ messageId }) => messageId),
    [early?.id, late?.id],
    'the end of the feed lay before both',
  );
  const [, second] = both;
  await db.query(send, [last?.id]);
  t.same(
    (await untilEvents(db, placeOf(second), 1)).map(({ messageId }) => messageId),
    [last?.id],
  );
});

t.test('pages, with and without a filter, and several readers at once', async (t) => {
  const { db } = await openEvents(t);
  const ids = (await readyMessages(db, 30)).map(({ id }) => id);
  const [other] = await readyMessages(db, 1, { owner: 'u:2' });
  for (const state of ['sent', 'delivered']) {
    await db.query('UPDATE messages SET state = $1 WHERE id = ANY($2::uuid[])', [state, [...ids, other?.id]]);
  }
  const all = await untilEvents(db, FEED_START, 60, 100);
  const seen: bigint[] = [];
  let after: FeedPlace = FEED_START;
  for (let more = true; more; ) {
    const page = await readFeed(db, { owner: OWNER, after, types: null, limit: 7 });
    seen.push(...page.events.map(({ id }) => id));
    ({ next: after, more } = page);
  }
  t.same(
    seen,
    all.map(({ id }) => id),
    'each once, in order',
  );
  const types = ['message.delivered'];
  const filtered = await readFeed(db, { owner: OWNER, after: FEED_START, types, limit: 20 });
  t.equal(filtered.events.length, 20);
  t.equal(filtered.more, true);
  const rest = await readFeed(db, { owner: OWNER, after: filtered.next, types, limit: 20 });
  t.equal(rest.events.length, 10);
  t.equal(rest.more, false);
  t.ok([...filtered.events, ...rest.events].every(({ type }) => type === 'message.delivered'));
  const none = await readFeed(db, { owner: OWNER, after: FEED_START, types: ['message.failed'], limit: 20 });
  t.same(none.next, placeOf(all.at(-1)), 'what was not asked for is not looked at again');
  const readers = [
    { owner: OWNER, after: placeOf(all.at(-3)) },
    { owner: 'u:2', after: FEED_START },
    { owner: 'u:3', after: FEED_START },
  ];
  const pages = await readFeeds(db, readers, 10);
  t.same(
    pages.map((page) => page.length),
    [2, 2, 0],
  );
});

t.test('old events are forgotten, a batch of each owner at a time', async (t) => {
  const { db } = await openEvents(t);
  for (const owner of ['u:1', 'u:2']) {
    for (const { id } of await readyMessages(db, 4, { owner })) {
      await db.query(`UPDATE messages SET state = 'sent' WHERE id = $1`, [id]);
    }
  }
  await untilEvents(db, FEED_START, 4);
  await db.query(`UPDATE events SET created_at = now() - interval '31 days'
    WHERE id IN (SELECT id FROM events ORDER BY owner, position, id LIMIT 3)`);
  t.equal(await eraseOldEvents(db, { days: 30, limit: 2 }), 2);
  t.equal(await eraseOldEvents(db, { days: 30, limit: 2 }), 1);
  t.equal(await eraseOldEvents(db, { days: 30, limit: 2 }), 0);
  t.equal((await db.query('SELECT FROM events')).rowCount, 5);
  const { events } = await readFeed(db, { owner: 'u:1', after: FEED_START, types: null, limit: 1 });
  t.equal(await isPlaceForgotten(db, 'u:1', FEED_START), true);
  t.equal(await isPlaceForgotten(db, 'u:1', placeOf(events[0])), false);
  t.equal(await isPlaceForgotten(db, 'u:2', FEED_START), false, 'nothing of theirs was forgotten');
});

t.test('in a cluster that counts its transactions anew positions go on rising', async (t) => {
  const { db } = await openEvents(t);
  const [first, second] = await readyMessages(db, 2);
  const send = `UPDATE messages SET state = 'sent' WHERE id = $1`;
  await db.query(send, [first?.id]);
  t.equal(await alignEventClock(db), false, 'nothing to be done');
  // As after a restore: what was written has positions far above those of this cluster.
  await db.query('UPDATE events SET position = position + 1000000');
  t.equal(await alignEventClock(db), true);
  await db.query(send, [second?.id]);
  const events = await untilEvents(db, FEED_START, 2);
  t.same(
    events.map(({ messageId }) => messageId),
    [first?.id, second?.id],
  );
});

t.test('a lane with much to tell leaves room, and less while it is slow', async (t) => {
  const { db } = await openEvents(t);
  const hook = { url: 'https://hooks.partner.test/', secret: Buffer.from('sealed'), description: null };
  for (const owner of ['u:1', 'u:2']) {
    await db.transaction((tx) =>
      insertEndpoint(tx, { ...hook, id: randomUUID(), owner, eventTypes: null }, 20),
    );
  }
  const many = await readyMessages(db, 10_000);
  await db.query(`UPDATE messages SET state = 'sent' WHERE id = ANY($1::uuid[])`, [many.map(({ id }) => id)]);
  const [one] = await readyMessages(db, 1, { owner: 'u:2' });
  await db.query(`UPDATE messages SET state = 'sent' WHERE id = $1`, [one?.id]);
  const take = async () => {
    const taken = await takeDueDeliveries(db, { quietSeconds: 10, mostOfLane: 100, mostOfSlowLane: 10 });
    const { rows } = await db.query<{ owner: string }>(
      'SELECT owner FROM webhook_deliveries WHERE id = ANY($1::uuid[])',
      [taken.map(({ id }) => id)],
    );
    return rows.map(({ owner }) => owner).sort();
  };
  const first = await take();
  t.equal(first.length, 101);
  t.equal(first.at(-1), 'u:2', 'the other partner is not behind ten thousand');
  t.same(await take(), [], 'no more while those wait for their workers');
  await db.query(
    `UPDATE webhook_deliveries SET state = 'calling', call_started_at = now() - make_interval(secs => $1)
     WHERE id IN (SELECT id FROM webhook_deliveries WHERE owner = 'u:1' AND nudged_at IS NOT NULL LIMIT 10)`,
    [0],
  );
  await db.query(`UPDATE webhook_deliveries SET nudged_at = NULL WHERE state = 'ready'`);
  t.equal((await take()).length, 91, 'those that are being called count');
  await db.query(
    `UPDATE webhook_deliveries SET call_started_at = now() - interval '2 seconds' WHERE state = 'calling'`,
  );
  await db.query(`UPDATE webhook_deliveries SET nudged_at = NULL WHERE state = 'ready'`);
  t.same(await take(), ['u:2'], 'ten that take long are enough');
});

async function openEvents(t: Teardown): Promise<{ db: Database; url: string }> {
  const url = await createTestDatabase(t);
  const db = openDatabase({ url, applicationName: 'events', onError: () => undefined });
  t.teardown(() => db.close());
  return { db, url };
}

async function allEvents(db: Database) {
  const { rows } = await db.query<{ type: string; messageId: string }>(
    'SELECT type, message_id AS "messageId" FROM events ORDER BY id',
  );
  return rows;
}

const typesOf = async (db: Database) => (await allEvents(db)).map(({ type }) => type);

/** Other databases of the cluster may have older transactions, which are waited for. */
function untilEvents(db: Database, after: FeedPlace, count: number, limit = 10) {
  return until(
    async () => {
      const { events } = await readFeed(db, { owner: OWNER, after, types: null, limit });
      return events.length === count && events;
    },
    { what: `${count} events` },
  );
}

function placeOf(event: FeedPlace | undefined): FeedPlace {
  if (!event) throw new Error('there is no such event');
  return { position: event.position, id: event.id };
}
