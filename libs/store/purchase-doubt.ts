import type { Micros } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { ACTIVATION_COLUMNS, type ActivationRow } from './activations.ts';
import { notInSuspense, type PurchaseClaim } from './purchases.ts';

/** Unknown purchases whose time is over; the caller releases each in a transaction of its own. */
export async function listUnknownToRelease(db: Queryable, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `SELECT id FROM activations WHERE state = 'purchase_unknown' AND release_at <= now() ORDER BY release_at LIMIT $1`,
    [limit],
  );
  return rows.map((row) => row.id);
}

export async function releaseUnknown(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'released', reason = 'unknown_outcome', ended_at = now(), version = version + 1,
       reason_message = 'The provider never said whether a number was bought. Nothing was charged.'
     WHERE id = $1 AND state = 'purchase_unknown' AND release_at <= now()
     RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/**
 * A push named a rental that we do not know: it is what an unknown purchase bought, if no other purchase of that
 * service and country is open, one still under way included. Null otherwise. Throws 23505 when the reference got an owner meanwhile.
 */
export async function adoptPurchase(
  db: Queryable,
  push: {
    providerId: number;
    providerRef: string;
    service: string;
    country: number;
    lifetimeSeconds: number;
    earliestCancelSeconds: number;
  },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'active', provider_ref = $2, purchased_at = call_started_at,
       expires_at = call_started_at + make_interval(secs => $5),
       earliest_cancel_at = call_started_at + make_interval(secs => $6), release_at = NULL, version = version + 1,
       command = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE 'cancel' END,
       command_epoch = command_epoch + 1,
       command_next_at = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE now() END
     WHERE state = 'purchase_unknown' AND id = (
       SELECT min(id) FROM activations
       WHERE provider_id = $1 AND service = $3 AND country = $4 AND state IN ('buying', 'purchase_unknown')
       HAVING count(*) = 1)
       AND ${notInSuspense('$2')}
     RETURNING ${ACTIVATION_COLUMNS}`,
    [
      push.providerId,
      push.providerRef,
      push.service,
      push.country,
      push.lifetimeSeconds,
      push.earliestCancelSeconds,
    ],
  );
  return rows[0] ?? null;
}

/**
 * A call that was given up as unknown has come back with proof that nothing was bought. Null when the claim is not
 * ours, or the row has moved on. The caller releases the hold in the same transaction.
 */
export async function releaseNotBought(db: Queryable, held: PurchaseClaim): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET ${NOT_BOUGHT}
     WHERE id = $1 AND epoch = $2 AND claim = $3 AND state = 'purchase_unknown' RETURNING ${ACTIVATION_COLUMNS}`,
    [held.id, held.epoch, held.claim],
  );
  return rows[0] ?? null;
}

export const NOT_BOUGHT = `state = 'released', reason = 'unknown_outcome', ended_at = now(), version = version + 1,
  reason_message = 'It was found out later that no number was bought. Nothing was charged.'`;

/**
 * The answer to a purchase came after a push had shown which number it was: phone and cost are added. Null when the
 * rental has another reference, or its phone already.
 */
export async function completePurchase(
  db: Queryable,
  bought: { id: number; providerRef: string; phone: string; costMicros: Micros | null },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET phone = $3, cost_micros = coalesce(cost_micros, $4), version = version + 1
     WHERE id = $1 AND provider_ref = $2 AND phone IS NULL RETURNING ${ACTIVATION_COLUMNS}`,
    [bought.id, bought.providerRef, bought.phone, bought.costMicros],
  );
  return rows[0] ?? null;
}

/** A rental that the provider denies although it sold it: by its answer to `status`, or to a cancel. */
export const DENIED = `state = 'active' AND (denied_at IS NOT NULL OR command_answer = 'denied')`;

/** Rentals that upstream has denied since long after their end: nothing more will ever be said of them. */
export async function listDeniedToRelease(
  db: Queryable,
  options: { afterSeconds: number; limit: number },
): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `SELECT id FROM activations WHERE ${DENIED} AND expires_at < now() - make_interval(secs => $1) LIMIT $2`,
    [options.afterSeconds, options.limit],
  );
  return rows.map((row) => row.id);
}

/** The end of a rental that is denied. Null when it is not (any more). The caller releases and books. */
export async function endDenied(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'cancelled', reason = 'denied', ended_at = now(), command = NULL,
       command_next_at = NULL, expecting_code = false, unusable_answers = 0, unusable_raw = NULL, version = version + 1
     WHERE id = $1 AND ${DENIED} RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}
