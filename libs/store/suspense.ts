import { type Micros, TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { bookProviderCost } from './wallets.ts';

export type SuspenseKind = 'unknown_purchase' | 'denied_rental' | 'late_code' | 'orphan_purchase';
export type SuspenseResolution = 'written_off' | 'refunded';

/** Money at a provider that no rental explains, until an operator decides. */
export interface SuspenseEntry {
  id: number;
  kind: SuspenseKind;
  providerId: number;
  providerRef: string | null;
  activationId: number | null;
  /** What may have been paid at most. */
  amountMicros: Micros;
  /** What the provider says it cost, once it has said so. */
  costMicros: Micros | null;
  openedAt: Date;
  resolvedAt: Date | null;
  resolution: SuspenseResolution | null;
  resolvedBy: string | null;
  note: string | null;
}

const COLUMNS = `id, kind, provider_id AS "providerId", provider_ref AS "providerRef", activation_id AS "activationId",
  amount_micros AS "amountMicros", cost_micros AS "costMicros", opened_at AS "openedAt", resolved_at AS "resolvedAt",
  resolution, resolved_by AS "resolvedBy", note`;

export interface RentalSuspense {
  kind: Exclude<SuspenseKind, 'orphan_purchase'>;
  providerId: number;
  providerRef: string | null;
  activationId: number;
  amountMicros: Micros;
  costMicros: Micros | null;
  reason: string;
}

/** Books what a rental may have cost us and opens its entry, in the caller's transaction. False when it has one. */
export async function openRentalSuspense(tx: Queryable, entry: RentalSuspense): Promise<boolean> {
  if (!(await bookProviderCost(tx, { ...entry, kind: 'suspense' }))) return false;
  await tx.query(
    `INSERT INTO suspense_entries
       (kind, provider_id, provider_ref, activation_id, amount_micros, cost_micros, note)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      entry.kind,
      entry.providerId,
      entry.providerRef,
      entry.activationId,
      entry.amountMicros,
      entry.costMicros,
      entry.reason,
    ],
  );
  return true;
}

export interface OrphanPurchase {
  providerId: number;
  providerRef: string;
  /** The rental for which it was asked for. */
  activationId: number;
  /** As named by the provider; null: it did not say, `amountMicros` is the ceiling. */
  costMicros: Micros | null;
  amountMicros: Micros;
}

/**
 * A number was bought that no rental of ours has. Null when the reference has a rental or an entry already: then it
 * is no new record. In the caller's transaction.
 */
export async function openOrphanSuspense(
  tx: Queryable,
  orphan: OrphanPurchase,
): Promise<SuspenseEntry | null> {
  const { rows } = await tx.query<SuspenseEntry>(
    `INSERT INTO suspense_entries (kind, provider_id, provider_ref, activation_id, amount_micros, cost_micros, note)
     SELECT 'orphan_purchase', $1::integer, $2::text, $3::integer, $4::bigint, $5::bigint, 'bought for no rental'
     WHERE NOT EXISTS (SELECT 1 FROM activations WHERE provider_id = $1 AND provider_ref = $2)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [orphan.providerId, orphan.providerRef, orphan.activationId, orphan.amountMicros, orphan.costMicros],
  );
  const entry = rows[0];
  if (!entry) return null;
  await tx.query(`SELECT book_provider_cost($1, 'suspense', $2, 'bought for no rental', NULL, $3)`, [
    entry.providerId,
    entry.amountMicros,
    entry.id,
  ]);
  return entry;
}

/**
 * The answer to a purchase that was released as unknown has come: its entry learns which number it was and what it
 * cost; nothing is booked again. Null when there is no entry without a reference, or it was decided as not paid.
 */
export async function nameSuspense(
  tx: Queryable,
  bought: { activationId: number; providerRef: string; costMicros: Micros | null },
): Promise<SuspenseEntry | null> {
  const { rows } = await tx.query<SuspenseEntry>(
    `UPDATE suspense_entries s SET provider_ref = $2, cost_micros = coalesce($3, cost_micros)
     WHERE activation_id = $1 AND kind = 'unknown_purchase' AND provider_ref IS NULL
       AND resolution IS DISTINCT FROM 'refunded'
       AND NOT EXISTS (SELECT 1 FROM activations a WHERE a.provider_id = s.provider_id AND a.provider_ref = $2)
       AND NOT EXISTS (SELECT 1 FROM suspense_entries o WHERE o.provider_id = s.provider_id AND o.provider_ref = $2)
     RETURNING ${COLUMNS}`,
    [bought.activationId, bought.providerRef, bought.costMicros],
  );
  return rows[0] ?? null;
}

/** Moves an open entry out of suspense, with its ledger movement. Null when it is not open. */
export async function resolveSuspense(
  tx: Queryable,
  decision: { id: number; resolution: SuspenseResolution; actor: string; note: string },
): Promise<SuspenseEntry | null> {
  const { rows } = await tx.query<SuspenseEntry>(
    `UPDATE suspense_entries SET resolved_at = now(), resolution = $2, resolved_by = $3, note = $4
     WHERE id = $1 AND resolved_at IS NULL RETURNING ${COLUMNS}`,
    [decision.id, decision.resolution, decision.actor, decision.note],
  );
  const entry = rows[0];
  if (!entry) return null;
  await tx.query('SELECT settle_suspense(s, $2) FROM suspense_entries s WHERE s.id = $1', [
    entry.id,
    decision.note,
  ]);
  return entry;
}

export async function findSuspense(db: Queryable, id: number): Promise<SuspenseEntry | null> {
  const { rows } = await db.query<SuspenseEntry>(`SELECT ${COLUMNS} FROM suspense_entries WHERE id = $1`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** Only money that is real. */
export const OPEN_SUSPENSE = `resolved_at IS NULL AND provider_id <> ${TEST_PROVIDER_ID}`;

/** Open entries, oldest first. */
export async function listOpenSuspense(db: Queryable, limit: number): Promise<SuspenseEntry[]> {
  const { rows } = await db.query<SuspenseEntry>(
    `SELECT ${COLUMNS} FROM suspense_entries WHERE ${OPEN_SUSPENSE} ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows;
}

/** What the open entries come to, over all providers. */
export async function readSuspense(db: Queryable): Promise<{ count: number; totalMicros: Micros }> {
  const { rows } = await db.query<{ count: number; totalMicros: Micros }>(
    `SELECT count(*)::integer AS count, coalesce(sum(amount_micros), 0)::bigint AS "totalMicros"
     FROM suspense_entries WHERE ${OPEN_SUSPENSE}`,
  );
  return rows[0] ?? { count: 0, totalMicros: 0n };
}
