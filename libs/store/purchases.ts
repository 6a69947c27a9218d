import type { ActivationReason, Micros } from '#libs/domain';
import { prepared, type Queryable } from '#libs/platform';
import { ACTIVATION_COLUMNS, type ActivationRow } from './activations.ts';
import { ANSWERING } from './provider-health.ts';

/** The fence: only the holder of this claim on this epoch may write what its call came to. */
export interface PurchaseClaim {
  id: number;
  epoch: number;
  claim: string;
}

/**
 * Those of the claims that hold: their rows go from `pending` to `buying`, committed before the first byte leaves. Each
 * row tells by `claim` whose it is; what is left out has nothing to do for its epoch (of twins all but one).
 */
export async function claimPurchases(
  db: Queryable,
  claims: readonly PurchaseClaim[],
): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>(CLAIM, [
    claims.map((wanted) => wanted.id),
    claims.map((wanted) => wanted.epoch),
    claims.map((wanted) => wanted.claim),
  ]);
  return rows;
}

/** Rows are locked in one order by everybody, so that two batches never wait for each other. */
const CLAIM = prepared(`
  WITH held AS MATERIALIZED (
    SELECT wanted.id AS held_id, wanted.claim AS new_claim
    FROM (SELECT * FROM unnest($1::integer[], $2::integer[], $3::uuid[]) AS wanted (id, epoch, claim) ORDER BY id) AS wanted
    CROSS JOIN LATERAL (SELECT * FROM activations WHERE activations.id = wanted.id LIMIT 1 FOR UPDATE) AS found
    WHERE found.epoch = wanted.epoch AND state = 'pending' AND buy_until > now() AND cancel_requested_at IS NULL
      AND next_attempt_at <= now() + interval '1 second'
  )
  UPDATE activations SET state = 'buying', claim = new_claim, call_started_at = now(), version = version + 1,
    calls = calls + 1, repeated_calls = repeated_calls + (called_epoch = epoch)::integer, called_epoch = epoch
  FROM held WHERE id = held_id
  RETURNING ${ACTIVATION_COLUMNS}`);

/** A record that is accounted for in suspense is nobody's new number. */
export const notInSuspense = (ref: string) =>
  `NOT EXISTS (SELECT 1 FROM suspense_entries s
               WHERE s.provider_id = activations.provider_id AND s.provider_ref = ${ref})`;

/** What the provider sold for a claim. */
export interface SoldNumber extends PurchaseClaim {
  providerId: number;
  providerRef: string;
  phone: string;
  costMicros: Micros | null;
  lifetimeSeconds: number;
  earliestCancelSeconds: number;
}

/**
 * Numbers were bought, all written in one commit, and with it that their providers answer. Resolves with the rows of
 * those claims that were still held and whose reference does not lie in suspense already. Throws 23505, and nothing is
 * written, when a provider gave a reference that another rental has.
 */
export async function settlePurchased(db: Queryable, sold: readonly SoldNumber[]): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>(SETTLE_PURCHASED, [
    sold.map((number) => number.id),
    sold.map((number) => number.epoch),
    sold.map((number) => number.claim),
    sold.map((number) => number.providerId),
    sold.map((number) => number.providerRef),
    sold.map((number) => number.phone),
    sold.map((number) => number.costMicros),
    sold.map((number) => number.lifetimeSeconds),
    sold.map((number) => number.earliestCancelSeconds),
  ]);
  return rows;
}

const SETTLE_PURCHASED = prepared(`
  WITH answering AS (${ANSWERING} ANY (SELECT 'number:' || name FROM unnest($4::integer[]) AS asked (name))),
  held AS MATERIALIZED (
    SELECT sold.id AS held_id, new_ref, new_phone, new_cost, lifetime, earliest_cancel
    FROM (SELECT * FROM unnest($1::integer[], $2::integer[], $3::uuid[], $5::text[], $6::text[], $7::bigint[],
                               $8::float8[], $9::float8[])
            AS sold (id, epoch, claim, new_ref, new_phone, new_cost, lifetime, earliest_cancel) ORDER BY id) AS sold
    CROSS JOIN LATERAL (SELECT * FROM activations WHERE activations.id = sold.id LIMIT 1 FOR UPDATE) AS found
    WHERE found.epoch = sold.epoch AND found.claim = sold.claim AND state IN ('buying', 'purchase_unknown')
  )
  UPDATE activations SET state = 'active', provider_ref = new_ref, phone = new_phone, cost_micros = new_cost,
    purchased_at = now(), expires_at = now() + make_interval(secs => lifetime),
    earliest_cancel_at = now() + make_interval(secs => earliest_cancel), release_at = NULL, version = version + 1,
    command = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE 'cancel' END,
    command_epoch = command_epoch + 1,
    command_next_at = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE now() END
  FROM held WHERE id = held_id AND ${notInSuspense('new_ref')}
  RETURNING ${ACTIVATION_COLUMNS}`);

/** Nothing was bought, and it is final. The caller releases the hold in the same transaction. */
export async function settleRefused(
  db: Queryable,
  held: PurchaseClaim,
  refusal: { reason: ActivationReason; message: string; currentPriceMicros: Micros | null },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'refused', reason = $4, reason_message = $5, current_price_micros = $6,
       ended_at = now(), version = version + 1
     WHERE id = $1 AND epoch = $2 AND claim = $3 AND state = 'buying'
     RETURNING ${ACTIVATION_COLUMNS}`,
    [held.id, held.epoch, held.claim, refusal.reason, refusal.message, refusal.currentPriceMicros],
  );
  return rows[0] ?? null;
}

/** Proof that nothing was sent: tried again as the next epoch. Null when the claim is not ours. */
export async function settleNotBought(
  db: Queryable,
  held: PurchaseClaim,
  delayMs: number,
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'pending', epoch = epoch + 1, claim = NULL, nudged_at = now(),
       next_attempt_at = now() + make_interval(secs => $4::float8 / 1000), version = version + 1
     WHERE id = $1 AND epoch = $2 AND claim = $3 AND state = 'buying'
     RETURNING ${ACTIVATION_COLUMNS}`,
    [held.id, held.epoch, held.claim, delayMs],
  );
  return rows[0] ?? null;
}

/** A number may have been bought. The hold stays until a push tells, or `holdSeconds` are over. */
export async function settlePurchaseUnknown(
  db: Queryable,
  held: PurchaseClaim,
  holdSeconds: number,
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'purchase_unknown', release_at = call_started_at + make_interval(secs => $4),
       version = version + 1
     WHERE id = $1 AND epoch = $2 AND claim = $3 AND state = 'buying'
     RETURNING ${ACTIVATION_COLUMNS}`,
    [held.id, held.epoch, held.claim, holdSeconds],
  );
  return rows[0] ?? null;
}

/** Purchases whose worker must be gone: a number may have been bought. */
export async function abandonPurchases(
  db: Queryable,
  options: { olderThanSeconds: number; holdSeconds: number; limit: number },
): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'purchase_unknown', release_at = call_started_at + make_interval(secs => $2),
       version = version + 1
     WHERE id IN (SELECT id FROM activations
                  WHERE state = 'buying' AND call_started_at < now() - make_interval(secs => $1)
                  ORDER BY call_started_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING ${ACTIVATION_COLUMNS}`,
    [options.olderThanSeconds, options.holdSeconds, options.limit],
  );
  return rows;
}

/** Purchases due whose nudge may be lost, at most every `quietSeconds` each. */
export async function takeDuePurchases(
  db: Queryable,
  options: { limit: number; quietSeconds: number },
): Promise<{ id: number; epoch: number }[]> {
  const { rows } = await db.query<{ id: number; epoch: number }>(
    `UPDATE activations SET nudged_at = now() WHERE id IN (
       SELECT id FROM activations
       WHERE state = 'pending' AND next_attempt_at < now() - interval '1 second'
         AND coalesce(nudged_at, '-infinity') < now() - make_interval(secs => $2)
       ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, epoch`,
    [options.limit, options.quietSeconds],
  );
  return rows;
}

/**
 * Ends a purchase that was never started: its time is over, or its partner cancelled it. Null when a call is under
 * way or it has ended. The caller releases the hold in the same transaction.
 */
export async function endPending(
  db: Queryable,
  key: { id: number; state: 'refused' | 'cancelled'; reason: ActivationReason; message: string },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = $2, reason = $3, reason_message = $4, ended_at = now(), version = version + 1
     WHERE id = $1 AND state = 'pending'
       AND CASE WHEN $2 = 'cancelled' THEN cancel_requested_at IS NOT NULL ELSE buy_until <= now() END
     RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.state, key.reason, key.message],
  );
  return rows[0] ?? null;
}

/** Pending purchases to end: out of time, or cancelled before they were started. */
export async function listPendingToEnd(
  db: Queryable,
  limit: number,
): Promise<{ id: number; cancelled: boolean }[]> {
  const { rows } = await db.query<{ id: number; cancelled: boolean }>(
    `SELECT id, cancel_requested_at IS NOT NULL AS cancelled FROM activations
     WHERE state = 'pending' AND (buy_until <= now() OR cancel_requested_at IS NOT NULL) LIMIT $1`,
    [limit],
  );
  return rows;
}
