import { randomUUID } from 'node:crypto';
import t from 'tap';
import { openDatabase, type Queryable } from '#libs/platform';
import * as store from '#libs/store';
import { createTestDatabase } from '../../helpers/services.ts';

const ROWS = 30_000;
const LOOK = { windowSeconds: 60, firstLookSeconds: 5 };

/** What asks, and the index that must answer. */
const QUESTIONS: Record<string, [(db: Queryable) => Promise<unknown>, string]> = {
  'due messages': [(db) => store.takeDueMessages(db, { limit: 500, quietSeconds: 5 }), 'messages_due'],
  'expired messages': [(db) => store.expireMessages(db, 500), 'messages_expiring'],
  'abandoned calls': [
    (db) => store.abandonCalls(db, { olderThanSeconds: 30, ...LOOK, limit: 500 }),
    'messages_calling',
  ],
  'unknown messages to look for': [
    (db) => store.takeLookups(db, { limit: 20, leaseSeconds: 60 }),
    'messages_unknown',
  ],
  'unknown messages to decide': [(db) => store.listUnknownMessages(db, 50), 'messages_unknown'],
  'owners of sids': [(db) => store.ownedSids(db, [`SM${'0'.repeat(32)}`]), 'messages_by_sid'],
  'the newest': [(db) => view(db, null, null), 'messages_by_age'],
  'the newest before one': [(db) => view(db, null, randomUUID()), 'messages_by_age'],
  'the newest failed': [(db) => view(db, 'failed', null), 'messages_not_arrived'],
  'the newest failed before one': [(db) => view(db, 'failed', randomUUID()), 'messages_not_arrived'],
  'the newest sent': [(db) => view(db, 'sent', null), 'messages_by_age'],
  'the newest waiting': [(db) => view(db, 'ready', null), 'messages_(due|expiring|by_age)'],
  'an owner’s newest': [
    (db) =>
      db.query(
        `SELECT id FROM messages WHERE owner = 'u:1' AND (created_at, id) < (now(), $1::uuid)
         ORDER BY created_at DESC, id DESC LIMIT 50`,
        [randomUUID()],
      ),
    'messages_by_owner',
  ],
};

t.test('no list or sweep reads all messages', async (t) => {
  const url = await createTestDatabase(t);
  const db = openDatabase({ url, applicationName: 'indexes', maxConnections: 1, onError: () => undefined });
  t.teardown(() => db.close());
  await db.query(
    `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, state, valid_until, created_at)
     SELECT gen_random_uuid(), 'u:' || n % 8, 'k', '+15551234567', 'gsm7', 1,
            CASE WHEN n % 3000 = 0 THEN 'ready' ELSE 'delivered' END, now() + interval '1 hour',
            now() - n * interval '1 minute'
     FROM generate_series(1, ${ROWS}) AS n`,
  );
  await db.query('VACUUM ANALYZE messages');
  for (const [name, [ask, index]] of Object.entries(QUESTIONS)) {
    const plans: string[] = [];
    const explained = {
      async query(sql: string, values?: unknown[]) {
        const { rows } = await db.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return { rows: [], rowCount: 0 };
      },
    } as unknown as Queryable;
    await ask(explained);
    t.match(plans.join('\n'), new RegExp(`using ${index}|on ${index}`), name);
    t.notMatch(plans.join('\n'), /Seq Scan on messages/, name);
  }
});

t.test('pages of messages that came at one moment leave none out and show none twice', async (t) => {
  const url = await createTestDatabase(t);
  const db = openDatabase({ url, applicationName: 'pages', maxConnections: 1, onError: () => undefined });
  t.teardown(() => db.close());
  await db.query(
    `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, state, valid_until)
     SELECT gen_random_uuid(), 'u:1', 'k', '+15551234567', 'gsm7', 1,
            (ARRAY['failed', 'sent'])[1 + n % 2], now() FROM generate_series(1, 24) AS n`,
  );
  for (const [state, expected] of [
    [null, 24],
    ['failed', 12],
    ['sent', 12],
    ['canceled', 0],
  ] as const) {
    const seen: string[] = [];
    for (let before: string | null = null; ; before = seen.at(-1) ?? null) {
      const page = await store.viewMessages(db, { state, before, limit: 5 });
      t.ok(page.every((row) => state === null || row.state === state));
      seen.push(...page.map((row) => row.id));
      if (page.length < 5) break;
    }
    t.equal(new Set(seen).size, expected, `${state}`);
    t.equal(seen.length, expected);
  }
});

function view(db: Queryable, state: string | null, before: string | null) {
  return store.viewMessages(db, { state, before, limit: 50 });
}
