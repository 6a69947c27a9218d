import type { Queryable } from '#libs/platform';

export interface Operator {
  name: string;
  /** argon2id in PHC form. */
  passwordHash: string;
  role: 'viewer' | 'admin';
}

export async function upsertOperator(db: Queryable, operator: Operator): Promise<void> {
  await db.query(
    `INSERT INTO operators (name, password_hash, role) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET password_hash = $2, role = $3, disabled_at = NULL`,
    [operator.name, operator.passwordHash, operator.role],
  );
}

export async function findOperator(db: Queryable, name: string): Promise<Operator | null> {
  const { rows } = await db.query<Operator>(
    `SELECT name, password_hash AS "passwordHash", role FROM operators WHERE name = $1 AND disabled_at IS NULL`,
    [name],
  );
  return rows[0] ?? null;
}

export async function countOperators(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>('SELECT count(*)::integer AS count FROM operators');
  return rows[0]?.count ?? 0;
}

export interface OperatorSession {
  operator: string;
  role: 'viewer' | 'admin';
  csrfToken: string;
}

/** `tokenHash` is SHA-256 of the cookie's random token; the token itself is not kept. */
export async function insertSession(
  db: Queryable,
  session: { tokenHash: Buffer; operator: string; csrfToken: string; lifetimeSeconds: number },
): Promise<void> {
  await db.query(
    `INSERT INTO operator_sessions (token_hash, operator, csrf_token, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
    [session.tokenHash, session.operator, session.csrfToken, session.lifetimeSeconds],
  );
}

export async function findSession(db: Queryable, tokenHash: Buffer): Promise<OperatorSession | null> {
  const { rows } = await db.query<OperatorSession>(
    `SELECT s.operator, o.role, s.csrf_token AS "csrfToken"
     FROM operator_sessions s JOIN operators o ON o.name = s.operator AND o.disabled_at IS NULL
     WHERE s.token_hash = $1 AND s.expires_at > now()`,
    [tokenHash],
  );
  return rows[0] ?? null;
}

export async function deleteSession(db: Queryable, tokenHash: Buffer): Promise<void> {
  await db.query('DELETE FROM operator_sessions WHERE token_hash = $1 OR expires_at < now()', [tokenHash]);
}

/** Ends every session of one operator. */
export async function deleteSessionsOf(db: Queryable, operator: string): Promise<void> {
  await db.query('DELETE FROM operator_sessions WHERE operator = $1', [operator]);
}
