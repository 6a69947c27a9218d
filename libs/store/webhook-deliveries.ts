import type { Queryable } from '#libs/platform';

/** One event on its way to one URL. Either `messageId` or `activationId` is set. */
export interface WebhookDelivery {
  /** The `webhook-id`: the same at every attempt. */
  id: string;
  owner: string;
  eventType: string;
  messageId: string | null;
  activationId: number | null;
  /** May hold a partner's secret: never logged, its host excepted. */
  url: string;
  attempts: number;
  createdAt: Date;
  /** By the database's clock, which signs in place of a worker's own. */
  claimedAt: Date;
}

/** The fence: only the holder of this claim on this epoch may write what its call came to. */
export interface DeliveryClaim {
  id: string;
  epoch: number;
  claim: string;
}

/** What an attempt ended with: the endpoint's HTTP status, else a short token. */
export interface DeliveryAnswer {
  status: number | null;
  error: string | null;
}

export type DeliveryState = 'ready' | 'calling' | 'delivered' | 'failed';

const HELD = `id = $1 AND epoch = $2 AND claim = $3 AND state = 'calling'`;

/** `ready` to `calling`, committed before the call. Null: claimed already, another epoch, or not due. */
export async function claimDelivery(db: Queryable, key: DeliveryClaim): Promise<WebhookDelivery | null> {
  const { rows } = await db.query<WebhookDelivery>(
    `UPDATE webhook_deliveries SET state = 'calling', claim = $3, call_started_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'ready' AND next_attempt_at <= now() + interval '1 second'
     RETURNING id, owner, event_type AS "eventType", message_id AS "messageId", activation_id AS "activationId", url,
       attempts, created_at AS "createdAt", now() AS "claimedAt"`,
    [key.id, key.epoch, key.claim],
  );
  return rows[0] ?? null;
}

/** False when the claim is no longer ours; so with every function here that takes one. */
export async function settleDelivered(db: Queryable, held: DeliveryClaim, status: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1, last_status = $4, last_error = NULL,
       finished_at = now() WHERE ${HELD}`,
    [held.id, held.epoch, held.claim, status],
  );
  return rowCount === 1;
}

/** Not now, and nothing was called: the next epoch, and no attempt is counted. */
export async function postponeDelivery(
  db: Queryable,
  held: DeliveryClaim,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE webhook_deliveries SET state = 'ready', epoch = epoch + 1, claim = NULL, nudged_at = NULL,
       next_attempt_at = now() + make_interval(secs => $4) WHERE ${HELD}`,
    [held.id, held.epoch, held.claim, seconds],
  );
  return rowCount === 1;
}

/** `delays` as $1: the pause in seconds after each attempt, the last one repeated. */
const DELAY = 'make_interval(secs => ($1::float8[])[least(attempts + 1, cardinality($1::float8[]))])';
const OVER = `now() + ${DELAY} >= give_up_at`;
const RETRY_OR_GIVE_UP = `epoch = epoch + 1, claim = NULL, nudged_at = NULL, attempts = attempts + 1,
  next_attempt_at = now() + ${DELAY} * (0.9 + 0.2 * random())`;

/** Not delivered: the next epoch by the schedule, or `failed` once its time is over, or at once when `final`. */
export async function settleUndelivered(
  db: Queryable,
  held: DeliveryClaim,
  failure: DeliveryAnswer & { final: boolean; delays: readonly number[] },
): Promise<DeliveryState | null> {
  const { rows } = await db.query<{ state: DeliveryState }>(
    `UPDATE webhook_deliveries SET ${RETRY_OR_GIVE_UP}, last_status = $5, last_error = $6,
       state = CASE WHEN $7 OR ${OVER} THEN 'failed' ELSE 'ready' END,
       finished_at = CASE WHEN $7 OR ${OVER} THEN now() END
     WHERE id = $2 AND epoch = $3 AND claim = $4 AND state = 'calling' RETURNING state`,
    [failure.delays, held.id, held.epoch, held.claim, failure.status, failure.error, failure.final],
  );
  return rows[0]?.state ?? null;
}

/** Calls whose worker must be gone. The endpoint may have heard it, and hears it again. */
export async function abandonDeliveries(
  db: Queryable,
  options: { olderThanSeconds: number; delays: readonly number[]; limit: number },
): Promise<{ id: string; state: DeliveryState }[]> {
  const { rows } = await db.query<{ id: string; state: DeliveryState }>(
    `UPDATE webhook_deliveries SET ${RETRY_OR_GIVE_UP}, last_status = NULL, last_error = 'worker_gone',
       state = CASE WHEN ${OVER} THEN 'failed' ELSE 'ready' END, finished_at = CASE WHEN ${OVER} THEN now() END
     WHERE id IN (SELECT id FROM webhook_deliveries
                  WHERE state = 'calling' AND call_started_at < now() - make_interval(secs => $2)
                  ORDER BY call_started_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, state`,
    [options.delays, options.olderThanSeconds, options.limit],
  );
  return rows;
}

/** Due rows, at most every `quietSeconds` each. The caller makes sure that a job exists. */
export async function takeDueDeliveries(
  db: Queryable,
  options: { limit: number; quietSeconds: number },
): Promise<{ id: string; epoch: number }[]> {
  const { rows } = await db.query<{ id: string; epoch: number }>(
    `UPDATE webhook_deliveries SET nudged_at = now() WHERE id IN (
       SELECT id FROM webhook_deliveries
       WHERE state = 'ready' AND next_attempt_at <= now()
         AND coalesce(nudged_at, '-infinity') < now() - make_interval(secs => $2)
       ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, epoch`,
    [options.limit, options.quietSeconds],
  );
  return rows;
}

/** Which dead letters: all conditions given must hold. */
export interface DeadLetterFilter {
  id: string | null;
  owner: string | null;
  /** Of events since then. */
  since: Date | null;
}

/**
 * Deliveries that were given up go on their way again: the next epoch, due now, with the whole schedule before them
 * and the same `webhook-id`. Returns those that were found, oldest first; at most `limit`.
 */
export async function replayDeliveries(
  db: Queryable,
  filter: DeadLetterFilter,
  limit: number,
): Promise<{ id: string; eventType: string }[]> {
  const { rows } = await db.query<{ id: string; eventType: string }>(
    `UPDATE webhook_deliveries SET state = 'ready', epoch = epoch + 1, claim = NULL, attempts = 0, nudged_at = NULL,
       next_attempt_at = now(), give_up_at = now() + interval '24 hours', finished_at = NULL
     WHERE id IN (SELECT id FROM webhook_deliveries
                  WHERE state = 'failed' AND ($1::uuid IS NULL OR id = $1) AND ($2::text IS NULL OR owner = $2)
                    AND ($3::timestamptz IS NULL OR created_at >= $3)
                  ORDER BY created_at LIMIT $4 FOR UPDATE SKIP LOCKED)
     RETURNING id, event_type AS "eventType"`,
    [filter.id, filter.owner, filter.since, limit],
  );
  return rows;
}

/** Forgets what ended that long ago, delivered or not; returns how many. */
export async function eraseOldDeliveries(
  db: Queryable,
  options: { days: number; limit: number },
): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE finished_at < now() - make_interval(days => $1) LIMIT $2)`,
    [options.days, options.limit],
  );
  return rowCount ?? 0;
}
