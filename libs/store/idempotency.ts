import { prepared, type Queryable } from '#libs/platform';

/** Who, where, which key, and a hash of what was asked. */
export interface IdempotencyClaim {
  scope: string;
  route: string;
  key: string;
  requestHash: Buffer;
}

export interface IdempotencyRecord {
  requestHash: Buffer;
  messageId: string | null;
  activationId: number | null;
  replyStatus: number | null;
  replyBody: string | null;
  ageSeconds: number;
}

/** Keys are honoured for 24 hours. */
export const LIFETIME = `interval '24 hours'`;

type Key = Pick<IdempotencyClaim, 'scope' | 'route' | 'key'>;

/** Takes the key for the row being made in the same transaction. False when it is taken. */
export async function insertIdempotency(
  db: Queryable,
  claim: IdempotencyClaim,
  activationId: number | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO idempotency_keys (scope, route, key, request_hash, activation_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [claim.scope, claim.route, claim.key, claim.requestHash, activationId],
  );
  return rowCount === 1;
}

/** What the key stands for; one older than 24 hours is forgotten on the way. */
export async function findIdempotency(db: Queryable, key: Key): Promise<IdempotencyRecord | null> {
  const { rows } = await db.query<IdempotencyRecord & { outdated: boolean }>(
    `SELECT request_hash AS "requestHash", message_id AS "messageId", activation_id AS "activationId",
            reply_status AS "replyStatus", reply_body AS "replyBody",
            extract(epoch FROM now() - created_at)::float8 AS "ageSeconds", created_at < now() - ${LIFETIME} AS outdated
     FROM idempotency_keys WHERE scope = $1 AND route = $2 AND key = $3`,
    [key.scope, key.route, key.key],
  );
  const record = rows[0];
  if (!record?.outdated) return record ?? null;
  await db.query(
    `DELETE FROM idempotency_keys WHERE scope = $1 AND route = $2 AND key = $3 AND created_at < now() - ${LIFETIME}`,
    [key.scope, key.route, key.key],
  );
  return null;
}

/** Keeps the first reply; a later one does not replace it. Returns the reply that is kept. */
export async function keepReply(
  db: Queryable,
  key: Key,
  reply: { status: number; body: string },
): Promise<{ status: number; body: string }> {
  const { rows } = await db.query<{ status: number; body: string }>(
    `UPDATE idempotency_keys SET reply_status = coalesce(reply_status, $4), reply_body = coalesce(reply_body, $5)
     WHERE scope = $1 AND route = $2 AND key = $3 RETURNING reply_status AS status, reply_body AS body`,
    [key.scope, key.route, key.key, reply.status, reply.body],
  );
  return rows[0] ?? reply;
}

export type KeptReply = Pick<IdempotencyClaim, 'scope' | 'route' | 'key'> & { status: number; body: string };

/** The same for several keys at once, in one order by everybody. */
export async function keepReplies(db: Queryable, replies: readonly KeptReply[]): Promise<void> {
  await db.query(KEEP_ALL, [
    replies.map((reply) => reply.scope),
    replies.map((reply) => reply.route),
    replies.map((reply) => reply.key),
    replies.map((reply) => reply.status),
    replies.map((reply) => reply.body),
  ]);
}

const KEEP_ALL = prepared(`
  WITH held AS MATERIALIZED (
    SELECT reply.* FROM (
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[])
        AS reply (scope, route, key, status, body) ORDER BY scope, route, key
    ) AS reply
    CROSS JOIN LATERAL (
      SELECT FROM idempotency_keys k
      WHERE k.scope = reply.scope AND k.route = reply.route AND k.key = reply.key AND k.reply_status IS NULL
      LIMIT 1 FOR UPDATE) AS found
  )
  UPDATE idempotency_keys k SET reply_status = held.status, reply_body = held.body
  FROM held WHERE k.scope = held.scope AND k.route = held.route AND k.key = held.key`);

/** Replaces the reply foreseen when the row was made, before anybody has seen it. */
export async function replaceReply(
  db: Queryable,
  key: Key,
  reply: { status: number; body: string },
): Promise<void> {
  await db.query(
    `UPDATE idempotency_keys SET reply_status = $4, reply_body = $5 WHERE scope = $1 AND route = $2 AND key = $3`,
    [key.scope, key.route, key.key, reply.status, reply.body],
  );
}

/** The request came to an error that is not remembered: the key is free again. */
export async function forgetIdempotency(db: Queryable, key: Key): Promise<void> {
  await db.query('DELETE FROM idempotency_keys WHERE scope = $1 AND route = $2 AND key = $3', [
    key.scope,
    key.route,
    key.key,
  ]);
}

/** Frees the key as long as it stands for that rental: one taken anew meanwhile stays. */
export async function forgetKeyOfActivation(db: Queryable, key: Key, activationId: number): Promise<void> {
  await db.query(
    'DELETE FROM idempotency_keys WHERE scope = $1 AND route = $2 AND key = $3 AND activation_id = $4',
    [key.scope, key.route, key.key, activationId],
  );
}

/** Erases keys past their 24 hours; returns how many. */
export async function eraseOldIdempotency(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM idempotency_keys WHERE (scope, route, key) IN (
       SELECT scope, route, key FROM idempotency_keys WHERE created_at < now() - ${LIFETIME} LIMIT $1)`,
    [limit],
  );
  return rowCount ?? 0;
}
