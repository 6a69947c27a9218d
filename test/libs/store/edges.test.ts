import { randomUUID } from 'node:crypto';
import t from 'tap';
import { ACTIVATION_EDGES, MESSAGE_EDGES } from '#libs/domain';
import { type Database, openDatabase, sqlState } from '#libs/platform';
import { createTestDatabase } from '../../helpers/services.ts';

const CHECK_VIOLATION = '23514';

t.test('the database allows the moves that the domain allows, and no other', async (t) => {
  const db = openDatabase({
    url: await createTestDatabase(t),
    applicationName: 'test',
    onError: () => undefined,
  });
  t.teardown(() => db.close());

  await t.test('messages', async (t) => {
    t.same(await movesOf(db, MESSAGE_EDGES, insertMessageRow, 'messages'), MESSAGE_EDGES);
  });

  await t.test('rentals', async (t) => {
    await db.query(`INSERT INTO users (id, name) VALUES (1, 'partner')`);
    await db.query(
      `INSERT INTO providers (id, kind, name, api_url, credentials, callback_secret)
       VALUES (1, 'smsbower', 'one', 'https://example.com', '', 'secret')`,
    );
    t.same(await movesOf(db, ACTIVATION_EDGES, insertActivationRow, 'activations'), ACTIVATION_EDGES);
  });

  await t.test('a state that the domain does not know cannot be stored', async (t) => {
    await t.rejects(insertMessageRow(db, 'lost'), { code: CHECK_VIOLATION });
    await t.rejects(insertActivationRow(db, 'lost'), { code: CHECK_VIOLATION });
  });
});

type Edges = Record<string, readonly string[]>;

/** Tries every pair of states on a row of its own; staying where one is counts as no move. */
async function movesOf(
  db: Database,
  edges: Edges,
  insert: (db: Database, state: string) => Promise<string>,
  table: 'messages' | 'activations',
): Promise<Edges> {
  const states = Object.keys(edges);
  const moves = await Promise.all(
    states.map(async (from) => {
      const tried = await Promise.all(
        states.map(async (to) => from !== to && (await move(db, table, await insert(db, from), to))),
      );
      // In the order the domain lists them, since the order says nothing.
      const allowed = states.filter((_state, index) => tried[index]);
      return [from, [...allowed].sort((a, b) => rank(edges, from, a) - rank(edges, from, b))] as const;
    }),
  );
  return Object.fromEntries(moves);
}

function rank(edges: Edges, from: string, to: string): number {
  return edges[from]?.indexOf(to) ?? -1;
}

async function move(db: Database, table: string, id: string, to: string): Promise<boolean> {
  try {
    await db.query(`UPDATE ${table} SET state = $2 WHERE id::text = $1`, [id, to]);
    return true;
  } catch (error) {
    if (sqlState(error) === CHECK_VIOLATION) return false;
    throw error;
  }
}

async function insertMessageRow(db: Database, state: string): Promise<string> {
  const id = randomUUID();
  await db.query(
    `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, state, valid_until)
     VALUES ($1, 'u:1', 'k', '+15551234567', 'gsm7', 1, $2, now())`,
    [id, state],
  );
  return id;
}

async function insertActivationRow(db: Database, state: string): Promise<string> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO activations (user_id, api_key, provider_id, service, country, price_micros, max_cost_micros, state, buy_until)
     VALUES (1, 'k', 1, 'tg', 22, 1, 1, $1, now()) RETURNING id`,
    [state],
  );
  return String(rows[0]?.id);
}
