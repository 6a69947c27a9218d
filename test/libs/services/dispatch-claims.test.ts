import { randomUUID } from 'node:crypto';
import t from 'tap';
import { type Database, openDatabase } from '#libs/platform';
import { createDispatch } from '#libs/services';
import { type MessageClaim, noteAnswering, noteRefusal } from '#libs/store';
import { counted, readyMessages } from '../../helpers/message-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';

t.test('claims that come together', async (t) => {
  const url = await createTestDatabase(t);
  const { db, statements } = counted(open(url));
  t.teardown(() => db.close());
  const dispatch = dispatchOn(db);
  const claim = (claims: MessageClaim[]) => Promise.all(claims.map((one) => dispatch.claim(one)));
  const rowsOf = async (claims: MessageClaim[]) => {
    const ids = claims.map(({ id }) => id);
    const sql = 'SELECT state, claim, epoch, calls, repeated_calls FROM messages WHERE id = ANY($1)';
    return (await db.query<Claimed>(sql, [ids])).rows;
  };

  await t.test('share one statement, and each has the row it asked for', async (t) => {
    const claims = await readyMessages(db, 50);
    const before = statements();
    const rows = await claim(claims.toReversed());
    t.equal(statements() - before, 1);
    t.same(
      rows.map((row) => row && { id: row.id, epoch: row.epoch, claim: row.claim }),
      claims.toReversed(),
    );
    const calls = { state: 'calling', epoch: 1, calls: 1, repeated_calls: 0 };
    for (const row of await rowsOf(claims)) t.match(row, calls, 'committed');
  });

  await t.test('of twins one gets the row, and none gets it later', async (t) => {
    const [one] = await readyMessages(db, 1);
    const twins = Array.from({ length: 10 }, () => ({ ...need(one), claim: randomUUID() }));
    const rows = await claim(twins);
    const won = rows.filter((row) => row !== null);
    t.equal(won.length, 1);
    t.match(await rowsOf(twins), [{ state: 'calling', claim: won[0]?.claim, calls: 1 }]);
    const index = rows.findIndex((row) => row !== null);
    t.equal(won[0]?.claim, twins[index]?.claim, 'the one that was told is the one that holds it');
    t.same(await claim(twins), Array(10).fill(null));
  });

  await t.test('what is not to be called is left out, and its neighbours are not', async (t) => {
    const [older, newer, later, over, gone, good] = await readyMessages(db, 6);
    await set(db, later, `next_attempt_at = now() + interval '1 minute'`);
    await set(db, over, `valid_until = now() - interval '1 second'`);
    await set(db, gone, `state = 'canceled'`);
    const claims = [
      ...[
        { ...need(older), epoch: 0 },
        { ...need(newer), epoch: 2 },
      ],
      ...[
        need(later),
        need(over),
        need(gone),
        { id: randomUUID(), epoch: 1, claim: randomUUID() },
        need(good),
      ],
    ];
    const rows = await claim(claims);
    t.same(
      rows.map((row) => row?.claim ?? null),
      [...Array(6).fill(null), good?.claim],
    );
    const states = (await rowsOf(claims)).map(({ state, claim }) => `${state} ${claim !== null}`);
    t.same(states.sort(), ['calling true', 'canceled false', ...Array(4).fill('ready false')]);
  });

  await t.test('while the provider refuses nothing is claimed', async (t) => {
    const claims = await readyMessages(db, 3);
    await noteRefusal(db, { provider: 'twilio', reason: 'credentials', message: 'no', seconds: 30 });
    t.same(await claim(claims), [null, null, null]);
    t.match(await rowsOf(claims), Array(3).fill({ state: 'ready', claim: null, calls: 0 }));
    await noteAnswering(db, 'twilio');
    t.ok((await claim(claims)).every((row) => row !== null));
  });

  await t.test('what the database does not take fails alone', async (t) => {
    const claims = await readyMessages(db, 2);
    const edited = { id: 'no uuid', epoch: 1, claim: randomUUID() };
    const tooLate = { ...need(claims[0]), epoch: 2 ** 40 };
    const results = await Promise.allSettled(
      [need(claims[0]), edited, tooLate, need(claims[1])].map((one) => dispatch.claim(one)),
    );
    t.match(results, [
      { value: { claim: claims[0]?.claim } },
      { reason: { code: '22P02' } },
      { reason: { code: '22003' } },
      { value: { claim: claims[1]?.claim } },
    ]);
  });

  await t.test('two processes with the same jobs in different order share them out', async (t) => {
    // In a large table rows are met in the order of the claims.
    await db.query(
      `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, valid_until)
       SELECT gen_random_uuid(), 'u:2', 'k', '+15551230000', 'gsm7', 1, now() + interval '1 hour'
       FROM generate_series(1, 20000)`,
    );
    await db.query('ANALYZE messages');
    const both = [open(url), open(url)];
    t.teardown(() => Promise.all(both.map((one) => one.close())));
    const [first, second] = both.map(dispatchOn);
    for (let round = 0; round < 10; round += 1) {
      const claims = await readyMessages(db, 200);
      const twins = claims.map((one) => ({ ...one, claim: randomUUID() })).toReversed();
      const rows = await Promise.all([
        ...claims.map((one) => first?.claim(one)),
        ...twins.map((one) => second?.claim(one)),
      ]);
      const won = rows.flatMap((row) => (row ? [row.claim] : []));
      t.equal(won.length, 200);
      t.same((await rowsOf(claims)).map((row) => row.claim).sort(), won.sort());
    }
  });

  await t.test('without a database all of them are told so', async (t) => {
    const away = open('postgres://127.0.0.1:1/none');
    t.teardown(() => away.close());
    const lost = dispatchOn(away);
    const wanted = [1, 2, 3].map(() => ({ id: randomUUID(), epoch: 1, claim: randomUUID() }));
    const results = await Promise.allSettled(wanted.map((one) => lost.claim(one)));
    for (const result of results) t.match(result, { status: 'rejected', reason: { code: 'ECONNREFUSED' } });
  });
});

interface Claimed {
  state: string;
  claim: string | null;
  epoch: number;
  calls: number;
  repeated_calls: number;
}

function dispatchOn(db: Database) {
  return createDispatch({ db, log: { warn: () => undefined }, replies: { announce: async () => undefined } });
}

function open(url: string): Database {
  return openDatabase({ url, applicationName: 'dispatch', maxConnections: 2, onError: () => undefined });
}

async function set(db: Database, claim: MessageClaim | undefined, what: string): Promise<void> {
  await db.query(`UPDATE messages SET ${what} WHERE id = $1`, [need(claim).id]);
}

function need<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('there are not so many');
  return value;
}
