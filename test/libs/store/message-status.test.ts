import { randomUUID } from 'node:crypto';
import t from 'tap';
import { type Database, openDatabase, type Queryable } from '#libs/platform';
import { advanceMessage, insertMessageEvent } from '#libs/store';
import { createTestDatabase } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';

t.test('two words about a message at once, before its sid is known: both are kept, in turn', async (t) => {
  const db = openDatabase({
    url: await createTestDatabase(t),
    applicationName: 'test',
    onError: () => undefined,
  });
  t.teardown(() => db.close());
  const id = randomUUID();
  await db.query(
    `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, state, valid_until)
     VALUES ($1, 'u:1', 'key', '+15550000001', 'gsm7', 1, 'calling', now() + interval '1 hour')`,
    [id],
  );
  let later: Promise<unknown> = Promise.resolve();
  await db.transaction(async (tx) => {
    await insertMessageEvent(tx, word(id, 'sent', 1));
    later = db.transaction((other) => record(other, id, 'delivered', 2));
    later.catch(() => undefined);
    await until(() => someoneWaits(db), { what: 'the second word to wait for the first' });
    await advanceMessage(tx, word(id, 'sent', 1));
  });
  await t.resolves(later);
  const { rows } = await db.query(
    'SELECT state, (SELECT count(*)::integer FROM message_events WHERE message_id = messages.id) AS words FROM messages',
  );
  t.same(rows, [{ state: 'delivered', words: 2 }]);
});

async function record(
  db: Queryable,
  id: string,
  state: 'sent' | 'delivered',
  rank: number,
): Promise<boolean> {
  await insertMessageEvent(db, word(id, state, rank));
  return advanceMessage(db, word(id, state, rank));
}

function word(id: string, state: 'sent' | 'delivered', rank: number) {
  const noFailure = { providerErrorCode: null, error: null, errorMessage: null };
  return { id, providerSid: 'SM1', providerStatus: state, rank, state, ...noFailure };
}

async function someoneWaits(db: Database): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return (rowCount ?? 0) > 0;
}
