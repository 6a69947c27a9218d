import type { Micros } from '#libs/domain';
import { type Database, type Queryable, sqlState } from '#libs/platform';

export interface User {
  id: number;
  name: string;
  /** The live user whose test twin this is; null for a live one. */
  testOf: number | null;
  createdAt: Date;
}

const COLUMNS = `users.id, users.name, users.test_of AS "testOf", users.created_at AS "createdAt"`;

export interface UserWithWallet extends User {
  balanceMicros: Micros;
  heldMicros: Micros;
}

/** Creates a wallet user with an empty wallet. Null when `id` is taken. */
export async function createUser(
  db: Database,
  user: { id: number | null; name: string },
): Promise<User | null> {
  try {
    return await db.transaction(async (tx) => {
      const { rows } = await tx.query<User>(
        `INSERT INTO users (id, name) VALUES (coalesce($1, nextval(pg_get_serial_sequence('users', 'id')))::integer, $2)
         RETURNING ${COLUMNS}`,
        [user.id, user.name],
      );
      const created = rows[0];
      if (!created) throw new Error('the user was not returned');
      await tx.query('INSERT INTO wallets (user_id) VALUES ($1)', [created.id]);
      // A given id may lie ahead of the sequence; the next generated one must not meet it.
      if (user.id !== null) {
        await tx.query(
          `SELECT setval(s.name, greatest((SELECT max(id) FROM users), (SELECT last_value FROM users_id_seq)))
           FROM pg_get_serial_sequence('users', 'id') AS s (name)`,
        );
      }
      return created;
    });
  } catch (error) {
    if (sqlState(error) === '23505') return null;
    throw error;
  }
}

export async function findUser(db: Queryable, id: number): Promise<User | null> {
  const { rows } = await db.query<User>(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export async function listUsers(db: Queryable): Promise<UserWithWallet[]> {
  const { rows } = await db.query<UserWithWallet>(
    `SELECT ${COLUMNS}, w.balance_micros AS "balanceMicros", w.held_micros AS "heldMicros"
     FROM users JOIN wallets w ON w.user_id = users.id ORDER BY users.id`,
  );
  return rows;
}

/** The test twin of a live user, made when it has none yet. Safe when two make it at once. */
export async function ensureTestUser(db: Database, live: Pick<User, 'id' | 'name'>): Promise<User> {
  return db.transaction(async (tx) => {
    await tx.query(
      `WITH twin AS (INSERT INTO users (name, test_of) VALUES ($2, $1) ON CONFLICT (test_of) DO NOTHING RETURNING id)
       INSERT INTO wallets (user_id) SELECT id FROM twin`,
      [live.id, `${live.name} (test)`],
    );
    const { rows } = await tx.query<User>(`SELECT ${COLUMNS} FROM users WHERE test_of = $1`, [live.id]);
    const twin = rows[0];
    if (!twin) throw new Error('the test user was not returned');
    return twin;
  });
}
