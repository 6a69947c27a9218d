import { randomUUID } from 'node:crypto';
import t from 'tap';
import { type Database, openDatabase } from '#libs/platform';
import { createDispatch, type Dispatch, persistently } from '#libs/services';
import { adoptSid, claimMessages, type MessageClaim, noteRefusal, settleUnknown } from '#libs/store';
import { counted, readyMessages } from '../../helpers/message-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';

t.test('settles that come together', async (t) => {
  const url = await createTestDatabase(t);
  const { db, statements } = counted(open(url));
  t.teardown(() => db.close());
  const announced: string[][] = [];
  const dispatch = dispatchOn(db, announced);
  const stateOf = async ({ id }: MessageClaim) => {
    const sql =
      'SELECT state, provider_sid, provider_status, provider_rank, adopted FROM messages WHERE id = $1';
    return (await db.query(sql, [id])).rows[0];
  };
  const calledMessages = async (count: number) => {
    const claims = await readyMessages(db, count);
    await claimMessages(db, claims);
    return claims;
  };

  await t.test('share one statement and one announcement, and each keeps its own sid', async (t) => {
    const held = await calledMessages(50);
    await noteRefusal(db, { provider: 'twilio', reason: 'credentials', message: 'no', seconds: 30 });
    const before = statements();
    announced.length = 0;
    const results = await settleAll(dispatch, held.toReversed());
    t.equal(statements() - before, 1);
    t.same(results, held.map(settled));
    t.same(announced, [held.toReversed().map(({ id }) => `m:${id}`)]);
    for (const one of held) {
      const row = { state: 'sent', provider_sid: sidOf(one), provider_status: 'queued' };
      t.match(await stateOf(one), row);
    }
    const { rows } = await db.query('SELECT refuses_until, failures FROM provider_health');
    t.same(rows, [{ refuses_until: null, failures: 0 }], 'and the provider is known to answer');
  });

  await t.test('only who holds the claim writes; who was given up as unknown still may', async (t) => {
    const [mine, zombie, older, unknown, last] = await calledMessages(5);
    await settleUnknown(db, need(unknown), { windowSeconds: 60, firstLookSeconds: 10 });
    const batch = [
      ...[need(mine), { ...need(zombie), claim: randomUUID() }, { ...need(older), epoch: 0 }],
      ...[need(unknown), need(last)],
    ];
    const results = await settleAll(dispatch, batch);
    t.same(
      results.map((result) => result.status === 'fulfilled' && result.value),
      [true, false, false, true, true],
    );
    for (const one of [zombie, older])
      t.match(await stateOf(need(one)), { state: 'calling', provider_sid: null });
    t.match(await stateOf(need(unknown)), { state: 'sent', provider_sid: sidOf(need(unknown)) });
  });

  await t.test('a sid that a listing credited to a twin goes to its owner, with all others', async (t) => {
    const [twin, ...held] = await calledMessages(4);
    const owner = need(held[1]);
    await settleUnknown(db, need(twin), { windowSeconds: 60, firstLookSeconds: 10 });
    const found = { providerSid: sidOf(owner), providerStatus: 'queued', rank: 2, state: 'sent' };
    t.ok(
      await adoptSid(db, {
        providerErrorCode: null,
        error: null,
        errorMessage: null,
        ...need(twin),
        ...found,
      }),
    );
    t.same(await settleAll(dispatch, held), held.map(settled));
    t.match(await stateOf(owner), { state: 'sent', provider_sid: sidOf(owner) });
    t.match(await stateOf(need(twin)), { state: 'unknown', provider_sid: null, adopted: false });
  });

  await t.test('what cannot be written fails alone', async (t) => {
    const [first, taken, unwritable, last] = await calledMessages(4);
    const batch = [need(first), need(taken), need(unwritable), need(last)];
    const sids = [sidOf(need(first)), sidOf(need(first)), 'a NUL \0 is no sid', sidOf(need(last))];
    const results = await Promise.allSettled(
      batch.map((held, index) => dispatch.settleSent(held, accepted(need(sids[index])))),
    );
    t.match(results, [
      { value: true },
      { reason: { code: '23505' } },
      { reason: { code: '22021' } },
      { value: true },
    ]);
    t.match(await stateOf(need(taken)), { state: 'calling', provider_sid: null });
  });

  await t.test('two processes with rows in different order do not wait for each other', async (t) => {
    const inOrder = '-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off';
    const both = [1, 2].map(() => open(`${url}?options=${encodeURIComponent(inOrder)}`));
    t.teardown(() => Promise.all(both.map((one) => one.close())));
    const [one, other] = both.map((each) => dispatchOn(each, []));
    for (let round = 0; round < 10; round += 1) {
      const held = await calledMessages(200);
      const results = await Promise.all([
        settleAll(need(one), held),
        settleAll(need(other), held.toReversed()),
      ]);
      const values = results.flat().map((result) => result.status === 'fulfilled' && result.value);
      t.equal(values.filter(Boolean).length, 200);
      t.ok(results.flat().every(({ status }) => status === 'fulfilled'));
    }
  });

  await t.test('while the database is away they wait for it, and are then written once', async (t) => {
    const held = await calledMessages(20);
    let failures = 2;
    const flaky: Database['query'] = (sql, values) => {
      failures -= 1;
      if (failures < 0) return db.query(sql, values);
      return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    };
    const away = dispatchOn({ ...db, query: flaky }, []);
    const results = await Promise.all(
      held.map((one) => persistently(() => away.settleSent(one, accepted(sidOf(one))))),
    );
    t.ok(results.every(Boolean));
    t.ok(failures < 0, 'not before it was asked in vain');
  });
});

function dispatchOn(db: Database, announced: string[][]): Dispatch {
  const announce = async (...subjects: string[]) => void announced.push(subjects);
  return createDispatch({ db, log: { warn: () => undefined }, replies: { announce } });
}

function settleAll(dispatch: Dispatch, held: MessageClaim[]) {
  return Promise.allSettled(held.map((one) => dispatch.settleSent(one, accepted(sidOf(one)))));
}

const sidOf = ({ id }: MessageClaim): string => `SM${id.replaceAll('-', '')}`;
const accepted = (providerSid: string) => ({ providerSid, providerStatus: 'queued' });
const settled = () => ({ status: 'fulfilled', value: true });

function open(url: string): Database {
  return openDatabase({ url, applicationName: 'dispatch', maxConnections: 2, onError: () => undefined });
}

function need<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('there are not so many');
  return value;
}
