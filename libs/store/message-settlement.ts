import { prepared, type Queryable } from '#libs/platform';
import { ANSWERING } from './provider-health.ts';

/** The fence: only the holder of this claim on this epoch may write what its call came to. */
export interface MessageClaim {
  id: string;
  epoch: number;
  claim: string;
}

/** What the provider gave a message that it took. */
export interface SentMessage extends MessageClaim {
  test: boolean;
  providerSid: string;
  providerStatus: string;
  rank: number;
}

// A call that was given up as unknown may still come back with proof; the same claim may then settle it.
const SETTLEABLE = `state IN ('calling', 'unknown')`;
const HELD = `id = $1 AND epoch = $2 AND claim = $3 AND ${SETTLEABLE}`;

/**
 * All in one commit, and with it the note that the SMS provider answers, unless all are of test keys. Resolves with the claims that were still held.
 * Throws 23505, and nothing is settled, when one of the sids belongs to another message: `freeAdoptedSid` first.
 */
export async function settleSent(db: Queryable, sent: readonly SentMessage[]): Promise<Set<string>> {
  const columns = [
    sent.map((message) => message.id),
    sent.map((message) => message.epoch),
    sent.map((message) => message.claim),
    sent.map((message) => message.providerSid),
    sent.map((message) => message.providerStatus),
    sent.map((message) => message.rank),
    sent.map((message) => message.test),
  ];
  const { rows } = await db.query<{ claim: string }>(SETTLE_SENT, columns);
  return new Set(rows.map((row) => row.claim));
}

/** Locks in the order of the claims, finds each row by its id and is planned once, as they do. */
const SETTLE_SENT = prepared(`
  WITH answering AS (${ANSWERING} 'twilio' AND false = ANY ($7::boolean[])),
  held AS MATERIALIZED (
    SELECT sent.id AS held_id, sid, status, rank
    FROM (
      SELECT * FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::smallint[])
        AS sent (id, epoch, claim, sid, status, rank) ORDER BY id
    ) AS sent
    CROSS JOIN LATERAL (SELECT * FROM messages WHERE messages.id = sent.id LIMIT 1 FOR UPDATE) AS found
    WHERE found.epoch = sent.epoch AND found.claim = sent.claim AND ${SETTLEABLE}
  )
  UPDATE messages SET state = 'sent', provider_sid = sid, provider_status = status, provider_rank = rank,
    call_finished_at = now(), updated_at = now()
  FROM held WHERE id = held_id
  RETURNING claim`);

export async function settleFailed(
  db: Queryable,
  held: MessageClaim,
  failure: { error: string; providerErrorCode: string | null; errorMessage: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = 'failed', error = $4, provider_error_code = $5, error_message = $6,
       call_finished_at = now(), updated_at = now()
     WHERE ${HELD}`,
    [held.id, held.epoch, held.claim, failure.error, failure.providerErrorCode, failure.errorMessage],
  );
  return rowCount === 1;
}

/** Proof that nothing was sent: back to `ready` as the next epoch after `delayMs`. `lastError` tells why, meanwhile. */
export async function settleNotSent(
  db: Queryable,
  held: MessageClaim,
  retry: { delayMs: number; lastError: string | null; lastMessage: string | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = 'ready', epoch = epoch + 1, claim = NULL, nudged_at = now(),
       next_attempt_at = now() + make_interval(secs => $4::float8 / 1000), error = $5, error_message = $6, updated_at = now()
     WHERE ${HELD}`,
    [held.id, held.epoch, held.claim, retry.delayMs, retry.lastError, retry.lastMessage],
  );
  return rowCount === 1;
}

/** Nobody knows what became of it: looked for until the window ends, never sent meanwhile. */
export async function settleUnknown(
  db: Queryable,
  held: MessageClaim,
  look: { windowSeconds: number; firstLookSeconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = 'unknown', call_finished_at = now(), lookups = 0, updated_at = now(),
       look_until = now() + make_interval(secs => $4), next_attempt_at = now() + make_interval(secs => $5)
     WHERE id = $1 AND epoch = $2 AND claim = $3 AND state = 'calling'`,
    [held.id, held.epoch, held.claim, look.windowSeconds, look.firstLookSeconds],
  );
  return rowCount === 1;
}

/**
 * A listing credited this sid to a twin with the same text; now its true owner is known. The twin becomes unknown
 * again and is looked for anew. Returns the twin's id when there was one.
 */
export async function freeAdoptedSid(
  db: Queryable,
  owner: { id: string; providerSid: string },
): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    `UPDATE messages SET state = 'unknown', provider_sid = NULL, adopted = false, provider_status = NULL,
       provider_rank = -1, lookups = 0, next_attempt_at = now(), look_until = now() + interval '60 seconds', updated_at = now()
     WHERE provider_sid = $2 AND id <> $1 AND adopted AND state = 'sent' RETURNING id`,
    [owner.id, owner.providerSid],
  );
  return rows[0]?.id ?? null;
}

/** The waiting caller was told of a refusal, so the message must not go out later. False when it has moved on. */
export async function failRefused(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<{ errorMessage: string } | null> {
  const { rows } = await db.query<{ errorMessage: string }>(
    `UPDATE messages SET state = 'failed', updated_at = now()
     WHERE id = $1 AND owner = $2 AND state = 'ready' AND error = 'provider_refused'
     RETURNING coalesce(error_message, '') AS "errorMessage"`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}
