import type { Queryable } from '#libs/platform';

/** One event on its way to one URL: exactly one of message, rental and webhook endpoint is what it speaks of. */
export interface WebhookDelivery {
  id: string;
  /** Null for those from before there was a feed: their own id is then the `webhook-id`. */
  eventId: bigint | null;
  /** Null: a `callback_url` that came with a request. */
  endpointId: string | null;
  owner: string;
  eventType: string;
  messageId: string | null;
  activationId: number | null;
  webhookId: string | null;
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
  /** How long the call took. */
  ms: number;
}

export type DeliveryState = 'ready' | 'calling' | 'delivered' | 'failed';

const HELD = `id = $1 AND epoch = $2 AND claim = $3 AND state = 'calling'`;

/** An endpoint that only ever failed for so long is disabled at its next failure. */
const FAILING_HOURS = 24;

/** `ready` to `calling`, committed before the call. Null: claimed already, another epoch, or not due. */
export async function claimDelivery(db: Queryable, key: DeliveryClaim): Promise<WebhookDelivery | null> {
  const { rows } = await db.query<WebhookDelivery>(
    `UPDATE webhook_deliveries SET state = 'calling', claim = $3, call_started_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'ready' AND next_attempt_at <= now() + interval '1 second'
     RETURNING id, event_id AS "eventId", endpoint_id AS "endpointId", owner, event_type AS "eventType",
       message_id AS "messageId", activation_id AS "activationId", webhook_id AS "webhookId", url, attempts,
       created_at AS "createdAt", now() AS "claimedAt"`,
    [key.id, key.epoch, key.claim],
  );
  return rows[0] ?? null;
}

/** The attempt just made, at the end of the log; of a delivery that is replayed again and again the last ones stay. */
export const LOGGED = (status: string, error: string, ms: string) =>
  `log = (CASE WHEN jsonb_array_length(log) >= 50 THEN log - 0 ELSE log END) || jsonb_build_object('at', call_started_at,
     'status', ${status}::integer, 'error', ${error}::text, 'ms', ${ms}::integer)`;

/** False when the claim is no longer ours; so with every function here that takes one. */
export async function settleDelivered(
  db: Queryable,
  held: DeliveryClaim,
  answer: { status: number; ms: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH settled AS (
       UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1, last_status = $4, last_error = NULL,
         finished_at = now(), ${LOGGED('$4', 'NULL', '$5')} WHERE ${HELD} RETURNING endpoint_id
     ), well AS (
       UPDATE webhook_endpoints SET failing_since = NULL FROM settled
       WHERE webhook_endpoints.id = endpoint_id AND failing_since IS NOT NULL
     )
     SELECT FROM settled`,
    [held.id, held.epoch, held.claim, answer.status, answer.ms],
  );
  return rowCount === 1;
}

/** Not now, and nothing was called: the next epoch, and no attempt is counted. `-infinity` marks it as put off. */
export async function postponeDelivery(
  db: Queryable,
  held: DeliveryClaim,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE webhook_deliveries SET state = 'ready', epoch = epoch + 1, claim = NULL, nudged_at = '-infinity',
       next_attempt_at = now() + make_interval(secs => $4) WHERE ${HELD}`,
    [held.id, held.epoch, held.claim, seconds],
  );
  return rowCount === 1;
}

/** `delays` as $1: the pause in seconds after each attempt, the last one repeated. */
const DELAY = 'make_interval(secs => ($1::float8[])[least(attempts + 1, cardinality($1::float8[]))])';
export const OVER = `now() + ${DELAY} >= give_up_at`;
export const RETRY_OR_GIVE_UP = `epoch = epoch + 1, claim = NULL, nudged_at = NULL, attempts = attempts + 1,
  next_attempt_at = now() + ${DELAY} * (0.9 + 0.2 * random())`;

/** What an undelivered attempt leaves behind. */
export interface Undelivered {
  state: DeliveryState;
  /** The endpoint was disabled with it. */
  disabled: 'failing' | 'gone' | null;
}

/**
 * Not delivered: the next epoch by the schedule, or `failed` once its time is over, or at once when `gone`. Notes since
 * when the endpoint fails, and disables it when it is gone or has failed for too long.
 */
export async function settleUndelivered(
  db: Queryable,
  held: DeliveryClaim,
  failure: DeliveryAnswer & { gone: boolean; delays: readonly number[] },
): Promise<Undelivered | null> {
  const { rows } = await db.query<Undelivered>(
    `WITH settled AS (
       UPDATE webhook_deliveries SET ${RETRY_OR_GIVE_UP}, last_status = $5, last_error = $6,
         state = CASE WHEN $7 OR ${OVER} THEN 'failed' ELSE 'ready' END,
         finished_at = CASE WHEN $7 OR ${OVER} THEN now() END, ${LOGGED('$5', '$6', '$8')}
       WHERE id = $2 AND epoch = $3 AND claim = $4 AND state = 'calling' RETURNING state, endpoint_id
     ), failing AS (
       UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, now()),
         disabled_at = CASE WHEN $7 OR ${FAILED_LONG} THEN now() END,
         disabled_reason = CASE WHEN $7 THEN 'gone' WHEN ${FAILED_LONG} THEN 'failing' END
       FROM settled WHERE webhook_endpoints.id = endpoint_id AND disabled_at IS NULL
         AND (failing_since IS NULL OR $7 OR ${FAILED_LONG})
       RETURNING disabled_reason
     )
     SELECT state, (SELECT disabled_reason FROM failing) AS disabled FROM settled`,
    [
      failure.delays,
      held.id,
      held.epoch,
      held.claim,
      failure.status,
      failure.error,
      failure.gone,
      failure.ms,
    ],
  );
  return rows[0] ?? null;
}

const FAILED_LONG = `coalesce(failing_since < now() - interval '${FAILING_HOURS} hours', false)`;

/** Its endpoint was deleted or disabled meanwhile: nothing was called, and nothing will be. */
export async function giveUpDelivery(db: Queryable, held: DeliveryClaim, error: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE webhook_deliveries SET state = 'failed', last_status = NULL, last_error = $4, finished_at = now()
     WHERE ${HELD}`,
    [held.id, held.epoch, held.claim, error],
  );
  return rowCount === 1;
}
