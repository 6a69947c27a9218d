import type { Queryable } from '#libs/platform';

export interface ApiKeyRow {
  id: string;
  userId: number | null;
  name: string;
  /** Of the key's whole text; null for one that was made before they were kept. */
  lastFour: string | null;
  /** It acts for a test user. */
  test: boolean;
  secretHash: Buffer;
  scopes: string[];
  allowedCidrs: string[];
  /** 0: as for every key. */
  rateLimitPerSecond: number;
  createdAt: Date;
  expiresAt: Date | null;
  /** When it was read, by the database's clock; null without an end. */
  secondsLeft: number | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

const COLUMNS = `id, user_id AS "userId", name, last_four AS "lastFour",
  EXISTS (SELECT 1 FROM users u WHERE u.id = api_keys.user_id AND u.test_of IS NOT NULL) AS test,
  secret_hash AS "secretHash", scopes, allowed_cidrs AS "allowedCidrs", rate_limit_per_second AS "rateLimitPerSecond",
  created_at AS "createdAt", expires_at AS "expiresAt",
  extract(epoch FROM expires_at - now())::float8 AS "secondsLeft", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;

export interface NewApiKey {
  id: string;
  userId: number | null;
  name: string;
  lastFour: string;
  secretHash: Buffer;
  scopes: string[];
  allowedCidrs: string[];
  rateLimitPerSecond: number;
  expiresAt: Date | null;
}

export async function insertApiKey(db: Queryable, key: NewApiKey): Promise<ApiKeyRow> {
  const { rows } = await db.query<ApiKeyRow>(
    `INSERT INTO api_keys (id, user_id, name, secret_hash, scopes, allowed_cidrs, expires_at, rate_limit_per_second,
                           last_four)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
    [
      key.id,
      key.userId,
      key.name,
      key.secretHash,
      key.scopes,
      key.allowedCidrs,
      key.expiresAt,
      key.rateLimitPerSecond,
      key.lastFour,
    ],
  );
  const row = rows[0];
  if (!row) throw new Error('the key was not returned');
  return row;
}

export async function findApiKey(db: Queryable, id: string): Promise<ApiKeyRow | null> {
  const { rows } = await db.query<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_keys WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export async function listApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  const { rows } = await db.query<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_keys ORDER BY created_at, id`);
  return rows;
}

/** Whether any key could be used now. */
export async function hasUsableApiKey(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ usable: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM api_keys
       WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS usable`,
  );
  return rows[0]?.usable ?? false;
}

/** Ends a key now, or at `at` (rotation with overlap). False when there is no such live key. */
export async function endApiKey(db: Queryable, id: string, at: Date | null): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE api_keys SET
       revoked_at = CASE WHEN $2::timestamptz IS NULL THEN now() ELSE revoked_at END,
       expires_at = CASE WHEN $2::timestamptz IS NULL THEN expires_at ELSE least(expires_at, $2::timestamptz) END
     WHERE id = $1 AND revoked_at IS NULL`,
    [id, at],
  );
  return rowCount === 1;
}

/** Best effort, at most once a minute for each key (the caller sees to that). */
export async function touchApiKey(db: Queryable, id: string): Promise<void> {
  await db.query('UPDATE api_keys SET last_used_at = now() WHERE id = $1', [id]);
}

/** Whose keys: those bound to a wallet user, and where that is the default user those bound to none; else one key. */
export interface KeyOwner {
  keyId: string;
  userId: number | null;
  /** The user of keys that are bound to none. */
  defaultUserId: number | null;
}

export type OwnApiKey = ApiKeyRow & { replacedBy: string | null };

/** The keys of one owner, oldest first. */
export async function listOwnApiKeys(db: Queryable, owner: KeyOwner): Promise<OwnApiKey[]> {
  const { rows } = await db.query<OwnApiKey>(
    `SELECT ${COLUMNS}, replaced_by AS "replacedBy" FROM api_keys
     WHERE CASE WHEN $1::integer IS NULL THEN id = $3 ELSE coalesce(user_id, $2::integer) = $1 END
     ORDER BY created_at, id`,
    [owner.userId, owner.defaultUserId, owner.keyId],
  );
  return rows;
}

/**
 * Notes what replaces a key and lets it live that many seconds more, or to its own end when that is sooner. Resolves with its
 * new end, or null when it is revoked or has been replaced before: one conditional UPDATE is the judge.
 */
export async function replaceApiKey(
  db: Queryable,
  key: { id: string; replacedBy: string; overlapSeconds: number },
): Promise<Date | null> {
  const { rows } = await db.query<{ expiresAt: Date }>(
    `UPDATE api_keys SET replaced_by = $2, expires_at = least(expires_at, now() + make_interval(secs => $3))
     WHERE id = $1 AND revoked_at IS NULL AND replaced_by IS NULL RETURNING expires_at AS "expiresAt"`,
    [key.id, key.replacedBy, key.overlapSeconds],
  );
  return rows[0]?.expiresAt ?? null;
}
