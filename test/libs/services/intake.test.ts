import t from 'tap';
import type { Producer } from '#libs/jobs';
import { type Database, openDatabase } from '#libs/platform';
import { createIntake } from '#libs/services';
import { type NewMessage, noteAnswering, noteRefusal } from '#libs/store';
import { counted, newMessage } from '../../helpers/message-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';

t.test('messages that come together', async (t) => {
  const url = await createTestDatabase(t);
  const { db, statements } = counted(open(url));
  t.teardown(() => db.close());
  const intake = createIntake({ db, jobs: NO_JOBS });
  const accept = (messages: NewMessage[]) =>
    Promise.allSettled(messages.map((message) => intake.accept(message)));
  const countOf = async (messages: NewMessage[]) => {
    const ids = messages.map(({ id }) => id);
    return (await db.query('SELECT 1 FROM messages WHERE id = ANY($1)', [ids])).rowCount;
  };

  await t.test('share one statement', async (t) => {
    const messages = Array.from({ length: 50 }, () => newMessage());
    const before = statements();
    const results = await accept(messages);
    t.equal(statements() - before, 1);
    t.ok(results.every((result) => result.status === 'fulfilled' && result.value));
    t.equal(await countOf(messages), 50);
  });

  await t.test('keep each its own columns', async (t) => {
    const sendAt = new Date('2031-01-31T09:00:00.123Z');
    const full = newMessage({
      ...{
        to: '+15551230001',
        reference: 'a "quoted", {braced} \\ reference',
        callbackUrl: 'https://a.example/',
      },
      ...{ sendAt, validitySeconds: 90, segments: 3, encoding: 'ucs2', body: Buffer.from([0, 255, 34, 92]) },
      idempotency: claimOf('full', { status: 200, body: '{"ok":true}' }),
    });
    await accept([newMessage(), full, newMessage()]);
    const { rows } = await db.query(
      `SELECT m.*, k.reply_status, k.reply_body, k.request_hash FROM messages m
       JOIN idempotency_keys k ON k.message_id = m.id WHERE m.id = $1`,
      [full.id],
    );
    t.match(rows[0], {
      ...{ owner: 'u:1', api_key: 'k', to_number: full.to, reference: full.reference },
      ...{ callback_url: full.callbackUrl, encoding: 'ucs2', segments: 3, next_attempt_at: sendAt },
      valid_until: new Date(sendAt.getTime() + 90_000),
      ...{ reply_status: 200, reply_body: '{"ok":true}' },
    });
    t.same([rows[0]?.body, rows[0]?.request_hash], [full.body, Buffer.from('hash')]);
  });

  await t.test('one key is taken once, by whichever goes in', async (t) => {
    const twins = Array.from({ length: 10 }, () => newMessage({ idempotency: claimOf('twin', null) }));
    const others = [newMessage(), newMessage({ idempotency: claimOf('other', null) })];
    const results = await accept([...twins, ...others]);
    const values = results.map((result) => result.status === 'fulfilled' && result.value);
    t.equal(values.slice(0, 10).filter(Boolean).length, 1);
    t.same(values.slice(10), [true, true]);
    t.same([await countOf(twins), await countOf(others)], [1, 2]);
    const [again] = await accept([newMessage({ idempotency: claimOf('twin', null) })]);
    t.match(again, { value: false });
  });

  await t.test(
    'two processes with the same keys in different order do not wait for each other',
    async (t) => {
      const second = counted(open(url));
      t.teardown(() => second.db.close());
      const intakes = [intake, createIntake({ db: second.db, jobs: NO_JOBS })];
      const before = statements();
      for (let round = 0; round < 10; round += 1) {
        const keys = Array.from({ length: 200 }, (_, index) => `${round} ${index}`);
        const results = await Promise.all(
          intakes.flatMap((one, index) =>
            (index ? keys.toReversed() : keys).map((key) =>
              one.accept(newMessage({ idempotency: claimOf(key, null) })),
            ),
          ),
        );
        t.equal(results.filter(Boolean).length, 200);
      }
      t.same([statements() - before, second.statements()], [10, 10], 'and none was given up and repeated');
    },
  );

  await t.test('a row that the database does not take fails alone', async (t) => {
    const bad = newMessage({ reference: 'a NUL \0 is no text' });
    const twin = newMessage();
    const messages = [newMessage(), bad, twin, { ...twin, to: '+15551230002' }, newMessage()];
    const results = await accept(messages);
    t.match(results, [
      { value: true },
      { reason: { code: '22021' } },
      { value: true },
      { reason: { code: '23505' } },
      { value: true },
    ]);
    t.equal(await countOf(messages), 3);
  });

  await t.test('while the provider refuses nothing goes in', async (t) => {
    await noteRefusal(db, { provider: 'twilio', reason: 'credentials', message: 'no', seconds: 30 });
    const message = newMessage({ idempotency: claimOf('refused', null) });
    t.match(await accept([message, newMessage()]), [{ value: false }, { value: false }]);
    await noteAnswering(db, 'twilio');
    t.match(await accept([message]), [{ value: true }], 'and the key was not taken');
  });

  await t.test('without a database all of them are told so', async (t) => {
    const away = open('postgres://127.0.0.1:1/none');
    t.teardown(() => away.close());
    const lost = createIntake({ db: away, jobs: NO_JOBS });
    const results = await Promise.allSettled([1, 2, 3].map(() => lost.accept(newMessage())));
    for (const result of results) t.match(result, { status: 'rejected', reason: { code: 'ECONNREFUSED' } });
  });
});

const NO_JOBS = { enqueueMany: async () => true } as unknown as Producer;

function open(url: string): Database {
  return openDatabase({ url, applicationName: 'intake', maxConnections: 2, onError: () => undefined });
}

function claimOf(key: string, reply: { status: number; body: string } | null) {
  return { scope: 'u:1', route: 'sms-send', key, requestHash: Buffer.from('hash'), reply };
}
