import type { Queryable } from '#libs/platform';
import { type DeliveryState, LOGGED, OVER, RETRY_OR_GIVE_UP } from './webhook-deliveries.ts';

/** Calls whose worker must be gone. The endpoint may have heard it, and hears it again. */
export async function abandonDeliveries(
  db: Queryable,
  options: { olderThanSeconds: number; delays: readonly number[]; limit: number },
): Promise<{ id: string; state: DeliveryState }[]> {
  const { rows } = await db.query<{ id: string; state: DeliveryState }>(
    `UPDATE webhook_deliveries SET ${RETRY_OR_GIVE_UP}, last_status = NULL, last_error = 'worker_gone',
       ${LOGGED('NULL', "'worker_gone'", 'NULL')},
       state = CASE WHEN ${OVER} THEN 'failed' ELSE 'ready' END, finished_at = CASE WHEN ${OVER} THEN now() END
     WHERE id IN (SELECT id FROM webhook_deliveries
                  WHERE state = 'calling' AND call_started_at < now() - make_interval(secs => $2)
                  ORDER BY call_started_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, state`,
    [options.delays, options.olderThanSeconds, options.limit],
  );
  return rows;
}

/**
 * Due rows, at most every `quietSeconds` each. The caller makes sure that a job exists. Of each lane no more than are
 * called at the same time while one of its calls takes long, however many are due, so that none fills the queue. Those
 * put off by a worker keep the places of their endpoint, or all of it went through the queue only to be put off; not
 * those of callback URLs, since a dead one must not keep the places of its partner's others.
 * Arrays of ids, since the planner cannot guess how many are due and would scan all that wait.
 */
export async function takeDueDeliveries(
  db: Queryable,
  options: { quietSeconds: number; mostOfLane: number; mostOfSlowLane: number },
): Promise<{ id: string; epoch: number }[]> {
  const { rows } = await db.query<{ id: string; epoch: number }>(
    `WITH RECURSIVE lanes AS (
       (SELECT lane FROM webhook_deliveries WHERE state = 'ready' ORDER BY lane LIMIT 1)
       UNION ALL
       SELECT (SELECT lane FROM webhook_deliveries WHERE state = 'ready' AND lane > lanes.lane ORDER BY lane LIMIT 1)
       FROM lanes WHERE lanes.lane IS NOT NULL
     ), due AS MATERIALIZED (
       SELECT found.id FROM lanes CROSS JOIN LATERAL (
         SELECT count(*) AS calls, coalesce(min(call_started_at) < now() - interval '1 second', false) AS slow
         FROM webhook_deliveries WHERE state = 'calling' AND lane = lanes.lane
       ) AS calling CROSS JOIN LATERAL (
         SELECT count(*) AS rows FROM (
           SELECT FROM webhook_deliveries
           WHERE state = 'ready' AND nudged_at = '-infinity' AND endpoint_id IS NOT NULL
             AND lane = lanes.lane AND next_attempt_at > now()
           LIMIT $2) AS kept
       ) AS put_off CROSS JOIN LATERAL (
         SELECT id, nudged_at FROM webhook_deliveries
         WHERE state = 'ready' AND lane = lanes.lane AND next_attempt_at <= now()
         ORDER BY next_attempt_at, id
         LIMIT greatest(0, CASE WHEN slow THEN $3::integer ELSE $2::integer END - calls - put_off.rows)
       ) AS found
       WHERE coalesce(nudged_at, '-infinity') < now() - make_interval(secs => $1)
     )
     UPDATE webhook_deliveries SET nudged_at = now() WHERE id = ANY(ARRAY(
       SELECT id FROM webhook_deliveries
       WHERE id = ANY(ARRAY(SELECT id FROM due)) AND state = 'ready' FOR UPDATE SKIP LOCKED))
     RETURNING id, epoch`,
    [options.quietSeconds, options.mostOfLane, options.mostOfSlowLane],
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
