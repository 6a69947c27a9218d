import { type ActivationState, type MessageState, type Micros, TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { ACTIVATION_COLUMNS, type ActivationRow } from './activations.ts';
import { DENIED, NOT_BOUGHT } from './purchase-doubt.ts';
import { notInSuspense } from './purchases.ts';

export interface DoubtfulRental {
  id: number;
  userId: number;
  providerId: number;
  providerRef: string | null;
  service: string;
  country: number;
  costMicros: Micros;
  since: Date;
  /** When the background releases it by itself. */
  until: Date | null;
}

const RENTAL = `id, user_id AS "userId", provider_id AS "providerId", provider_ref AS "providerRef", service, country,
  coalesce(cost_micros, max_cost_micros) AS "costMicros"`;

/** Purchases nobody knows the outcome of, oldest first. */
export async function listUnknownPurchases(db: Queryable, limit: number): Promise<DoubtfulRental[]> {
  const { rows } = await db.query<DoubtfulRental>(
    `SELECT ${RENTAL}, call_started_at AS since, release_at AS until FROM activations
     WHERE state = 'purchase_unknown' AND provider_id <> ${TEST_PROVIDER_ID} ORDER BY release_at LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Live rentals that their provider denies, oldest first. */
export async function listDeniedRentals(
  db: Queryable,
  options: { releasedAfterSeconds: number; limit: number },
): Promise<DoubtfulRental[]> {
  const { rows } = await db.query<DoubtfulRental>(
    `SELECT ${RENTAL}, coalesce(denied_at, command_claimed_at, created_at) AS since,
            expires_at + make_interval(secs => $1) AS until
     FROM activations WHERE ${DENIED} AND provider_id <> ${TEST_PROVIDER_ID} ORDER BY id LIMIT $2`,
    [options.releasedAfterSeconds, options.limit],
  );
  return rows;
}

export interface DoubtfulMessage {
  id: string;
  owner: string;
  to: string;
  since: Date;
}

/** Messages nobody knows the outcome of, oldest first. */
export async function listUnknownMessages(db: Queryable, limit: number): Promise<DoubtfulMessage[]> {
  const { rows } = await db.query<DoubtfulMessage>(
    `SELECT id, owner, to_number AS "to", coalesce(call_started_at, created_at) AS since FROM messages
     WHERE state = 'unknown' AND NOT test ORDER BY call_started_at LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Nothing was bought, an operator says. Null when the purchase is not in doubt (any more). The caller releases. */
export async function decideNotBought(tx: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await tx.query<ActivationRow>(
    `UPDATE activations SET ${NOT_BOUGHT} WHERE id = $1 AND state = 'purchase_unknown' RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/**
 * This number was bought, an operator says. Null when the purchase is not in doubt (any more) or the reference lies
 * in suspense; throws 23505 when another rental has it.
 */
export async function decideBought(
  tx: Queryable,
  bought: {
    id: number;
    providerRef: string;
    phone: string | null;
    lifetimeSeconds: number;
    earliestCancelSeconds: number;
  },
): Promise<ActivationRow | null> {
  const { rows } = await tx.query<ActivationRow>(
    `UPDATE activations SET state = 'active', provider_ref = $2, phone = $3, purchased_at = call_started_at, adopted_at = now(),
       expires_at = call_started_at + make_interval(secs => $4),
       earliest_cancel_at = call_started_at + make_interval(secs => $5), release_at = NULL, version = version + 1,
       command = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE 'cancel' END,
       command_epoch = command_epoch + 1,
       command_next_at = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE now() END
     WHERE id = $1 AND state = 'purchase_unknown' AND ${notInSuspense('$2')} RETURNING ${ACTIVATION_COLUMNS}`,
    [bought.id, bought.providerRef, bought.phone, bought.lifetimeSeconds, bought.earliestCancelSeconds],
  );
  return rows[0] ?? null;
}

/** It was sent, an operator says. False when it is not in doubt (any more); throws 23505 when another has the sid. */
export async function decideSent(
  tx: Queryable,
  sent: { id: string; providerSid: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE messages SET state = 'sent', provider_sid = coalesce($2, provider_sid), error = NULL,
       error_message = NULL, updated_at = now()
     WHERE id = $1 AND state = 'unknown'`,
    [sent.id, sent.providerSid],
  );
  return rowCount === 1;
}

/** It was not sent, an operator says: failed, never sent again. False when it is not in doubt (any more). */
export async function decideNotSent(tx: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE messages SET state = 'failed', error = 'not_sent', updated_at = now(),
       error_message = 'The operator found at the provider that it was not sent. It was not sent again.'
     WHERE id = $1 AND state = 'unknown'`,
    [id],
  );
  return rowCount === 1;
}

/** What a row is now, for whoever decided about something it no longer is. */
export async function readActivationState(db: Queryable, id: number): Promise<ActivationState | null> {
  const { rows } = await db.query<{ state: ActivationState }>('SELECT state FROM activations WHERE id = $1', [
    id,
  ]);
  return rows[0]?.state ?? null;
}

export async function readMessageState(db: Queryable, id: string): Promise<MessageState | null> {
  const { rows } = await db.query<{ state: MessageState }>('SELECT state FROM messages WHERE id = $1', [id]);
  return rows[0]?.state ?? null;
}

export interface Decision {
  decision: string;
  actor: string;
  at: Date;
}

export const DECIDED = 'reconcile.resolved';

/** The latest decision about an item, from the audit log. */
export async function findDecision(db: Queryable, item: string): Promise<Decision | null> {
  const { rows } = await db.query<Decision>(
    `SELECT details ->> 'decision' AS decision, actor, at FROM audit_log
     WHERE subject = $1 AND action = $2 ORDER BY id DESC LIMIT 1`,
    [item, DECIDED],
  );
  return rows[0] ?? null;
}
