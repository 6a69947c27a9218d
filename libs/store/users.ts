import type { Micros } from '#libs/domain';
import { type Database, type Queryable, sqlState } from '#libs/platform';

export interface User {
  id: number;
  name: string;
  createdAt: Date;
}

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
         RETURNING id, name, created_at AS "createdAt"`,
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
  const { rows } = await db.query<User>(
    'SELECT id, name, created_at AS "createdAt" FROM users WHERE id = $1',
    [id],
  );
  return rows[0] ?? null;
}

export async function listUsers(db: Queryable): Promise<UserWithWallet[]> {
  const { rows } = await db.query<UserWithWallet>(
    `SELECT u.id, u.name, u.created_at AS "createdAt", w.balance_micros AS "balanceMicros", w.held_micros AS "heldMicros"
     FROM users u JOIN wallets w ON w.user_id = u.id ORDER BY u.id`,
  );
  return rows;
}
