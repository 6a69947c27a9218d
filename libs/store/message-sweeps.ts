import type { Queryable } from '#libs/platform';
import { MESSAGE_COLUMNS, type MessageRow } from './messages.ts';

/** Due rows whose nudge may be lost, at most every `quietSeconds` each. The caller makes sure that a job exists. */
export async function takeDueMessages(
  db: Queryable,
  options: { limit: number; quietSeconds: number },
): Promise<{ id: string; epoch: number }[]> {
  const { rows } = await db.query<{ id: string; epoch: number }>(
    `UPDATE messages SET nudged_at = now() WHERE id IN (
       SELECT id FROM messages
       WHERE state = 'ready' AND next_attempt_at < now() - interval '1 second' AND valid_until > now()
         AND coalesce(nudged_at, '-infinity') < now() - make_interval(secs => $2)
       ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, epoch`,
    [options.limit, options.quietSeconds],
  );
  return rows;
}

/** Messages that could not be sent in time end as `expired`. */
export async function expireMessages(db: Queryable, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `UPDATE messages SET state = 'failed', error = 'expired',
       error_message = coalesce('Its validity ended before it could be sent; the last obstacle: ' || error_message,
                                'Its validity ended before it could be sent.'), updated_at = now()
     WHERE id IN (SELECT id FROM messages WHERE state = 'ready' AND valid_until <= now()
                  ORDER BY valid_until LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id`,
    [limit],
  );
  return rows.map((row) => row.id);
}

/** Calls whose worker must be gone: nobody knows what became of them. */
export async function abandonCalls(
  db: Queryable,
  options: { olderThanSeconds: number; windowSeconds: number; firstLookSeconds: number; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `UPDATE messages SET state = 'unknown', lookups = 0, look_until = now() + make_interval(secs => $2),
       next_attempt_at = now() + make_interval(secs => $3), updated_at = now()
     WHERE id IN (SELECT id FROM messages
                  WHERE state = 'calling' AND call_started_at < now() - make_interval(secs => $1)
                  ORDER BY call_started_at LIMIT $4 FOR UPDATE SKIP LOCKED)
     RETURNING id`,
    [options.olderThanSeconds, options.windowSeconds, options.firstLookSeconds, options.limit],
  );
  return rows.map((row) => row.id);
}

/**
 * Unknown messages due for a look at the provider's list, leased to this caller for `leaseSeconds`. `testOnly`: there
 * is no provider but the scripted one.
 */
export async function takeLookups(
  db: Queryable,
  options: { limit: number; leaseSeconds: number; testOnly?: boolean },
): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `UPDATE messages SET next_attempt_at = now() + make_interval(secs => $2) WHERE id IN (
       SELECT id FROM messages WHERE state = 'unknown' AND next_attempt_at <= now() AND (test OR NOT $3)
       ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING ${MESSAGE_COLUMNS}`,
    [options.limit, options.leaseSeconds, options.testOnly ?? false],
  );
  return rows;
}

/** Of these sids, those that already belong to a message. */
export async function ownedSids(db: Queryable, providerSids: string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ sid: string }>(
    'SELECT provider_sid AS sid FROM messages WHERE provider_sid = ANY($1)',
    [providerSids],
  );
  return new Set(rows.map((row) => row.sid));
}

/** Found in the provider's list. False when the row moved on, or throws 23505 when the sid got an owner meanwhile. */
export async function adoptSid(
  db: Queryable,
  found: {
    id: string;
    epoch: number;
    providerSid: string;
    providerStatus: string;
    rank: number;
    state: string;
    providerErrorCode: string | null;
    error: string | null;
    errorMessage: string | null;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = $6, provider_sid = $3, provider_status = $4, provider_rank = $5, adopted = true,
       provider_error_code = $7, error = $8, error_message = $9, updated_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'unknown'`,
    [
      found.id,
      found.epoch,
      found.providerSid,
      found.providerStatus,
      found.rank,
      found.state,
      found.providerErrorCode,
      found.error,
      found.errorMessage,
    ],
  );
  return rowCount === 1;
}

/** A complete list without it: counted, and looked for again at the window's end. */
export async function countLookup(db: Queryable, key: { id: string; epoch: number }): Promise<void> {
  await db.query(
    `UPDATE messages SET lookups = lookups + 1, next_attempt_at = greatest(look_until, now()), updated_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'unknown'`,
    [key.id, key.epoch],
  );
}

/** An incomplete list proves nothing: soon again. */
export async function postponeLookup(
  db: Queryable,
  key: { id: string; epoch: number; seconds: number },
): Promise<void> {
  await db.query(
    `UPDATE messages SET next_attempt_at = now() + make_interval(secs => $3)
     WHERE id = $1 AND epoch = $2 AND state = 'unknown'`,
    [key.id, key.epoch, key.seconds],
  );
}

/** Proven absent and still valid: sent again as the next epoch. */
export async function resendProvenAbsent(
  db: Queryable,
  key: { id: string; epoch: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = 'ready', epoch = epoch + 1, claim = NULL, next_attempt_at = now(), nudged_at = now(),
       updated_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'unknown' AND valid_until > now()`,
    [key.id, key.epoch],
  );
  return rowCount === 1;
}

export async function failUnknown(
  db: Queryable,
  key: { id: string; epoch: number; error: string; errorMessage: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = 'failed', error = $3, error_message = $4, updated_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'unknown'`,
    [key.id, key.epoch, key.error, key.errorMessage],
  );
  return rowCount === 1;
}
