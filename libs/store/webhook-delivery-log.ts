import type { Queryable } from '#libs/platform';
import type { DeliveryState } from './webhook-deliveries.ts';

/** A delivery as its owner sees it, with every attempt. */
export interface LoggedDelivery {
  id: string;
  eventId: bigint | null;
  eventType: string;
  endpointId: string | null;
  state: DeliveryState;
  attempts: DeliveryAttempt[];
  lastError: string | null;
  /** While there is another to come. */
  nextAttemptAt: Date | null;
  createdAt: Date;
  finishedAt: Date | null;
}

/** `status` of the endpoint's answer, else `error`, a short token. `ms` is null when nobody lived to measure it. */
export interface DeliveryAttempt {
  at: string;
  status: number | null;
  error: string | null;
  ms: number | null;
}

const COLUMNS = `id, event_id AS "eventId", event_type AS "eventType", endpoint_id AS "endpointId", state, log AS attempts,
  last_error AS "lastError", CASE WHEN state = 'ready' THEN next_attempt_at END AS "nextAttemptAt",
  created_at AS "createdAt", finished_at AS "finishedAt"`;

/** Of one endpoint, the latest event first; `before` is the event of the last one seen. */
export async function listDeliveries(
  db: Queryable,
  page: {
    owner: string;
    endpointId: string;
    before: bigint | null;
    states: readonly string[] | null;
    limit: number;
  },
): Promise<LoggedDelivery[]> {
  const { rows } = await db.query<LoggedDelivery>(
    `SELECT ${COLUMNS} FROM webhook_deliveries
     WHERE owner = $1 AND endpoint_id = $2 AND ($3::bigint IS NULL OR event_id < $3)
       AND ($4::text[] IS NULL OR state = ANY ($4))
     ORDER BY event_id DESC LIMIT $5`,
    [page.owner, page.endpointId, page.before, page.states, page.limit],
  );
  return rows;
}

/** A delivery of its owner; another's is not there. */
export async function findDelivery(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<LoggedDelivery | null> {
  const { rows } = await db.query<LoggedDelivery>(
    `SELECT ${COLUMNS} FROM webhook_deliveries WHERE id = $1 AND owner = $2`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}

/** The next epoch, due now, with the whole schedule before it. */
const AGAIN = `state = 'ready', epoch = epoch + 1, claim = NULL, attempts = 0, nudged_at = NULL, next_attempt_at = now(),
  give_up_at = now() + interval '24 hours', finished_at = NULL`;

/** Tells it again, delivered or not, under the same `webhook-id`. Null while it is on its way, or not the owner's. */
export async function replayDelivery(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<LoggedDelivery | null> {
  const { rows } = await db.query<LoggedDelivery>(
    `UPDATE webhook_deliveries SET ${AGAIN} WHERE id = $1 AND owner = $2 AND state IN ('delivered', 'failed')
     RETURNING ${COLUMNS}`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}

/** Which dead letters: all conditions given must hold. */
export interface DeadLetterFilter {
  id: string | null;
  /** Of this event, wherever it went. */
  eventId: bigint | null;
  owner: string | null;
  endpointId: string | null;
  /** Of events since then. */
  since: Date | null;
}

/**
 * Deliveries that were given up go on their way again, under the same `webhook-id`. Returns those that were found; the
 * oldest `limit`.
 */
export async function replayDeliveries(
  db: Queryable,
  filter: Partial<DeadLetterFilter>,
  limit: number,
): Promise<{ id: string; eventId: bigint | null; eventType: string }[]> {
  const { rows } = await db.query<{ id: string; eventId: bigint | null; eventType: string }>(
    `UPDATE webhook_deliveries SET ${AGAIN}
     WHERE id IN (SELECT id FROM webhook_deliveries
                  WHERE state = 'failed' AND ($1::uuid IS NULL OR id = $1) AND ($2::bigint IS NULL OR event_id = $2)
                    AND ($3::text IS NULL OR owner = $3) AND ($4::uuid IS NULL OR endpoint_id = $4)
                    AND ($5::timestamptz IS NULL OR created_at >= $5)
                  ORDER BY created_at LIMIT $6 FOR UPDATE SKIP LOCKED)
     RETURNING id, event_id AS "eventId", event_type AS "eventType"`,
    [
      filter.id ?? null,
      filter.eventId ?? null,
      filter.owner ?? null,
      filter.endpointId ?? null,
      filter.since ?? null,
      limit,
    ],
  );
  return rows;
}
