import { type Micros, TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';

/** A provider account as our books see it, beside the balance it told. */
export interface ProviderBooks {
  providerId: number;
  name: string;
  /** As told by the provider at `readAt`. */
  balanceMicros: Micros;
  readAt: Date;
  readSecondsAgo: number;
  /** Where the balance must lie: between everything in doubt having been paid, and nothing of it. */
  leastMicros: Micros;
  mostMicros: Micros;
}

/** Around a reading, whatever moved within this is in doubt: our commit and the provider's are not one. */
const DOUBT = `interval '2 minutes'`;

/**
 * What left an account, and what may have. Sure: rentals that ended with a code, and what was written off. In doubt:
 * rentals under way (whether a balance leaves out reserved money is not documented), those whose cost was never
 * told, open suspense, and whatever moved around the reading.
 */
const OUTFLOW = `
  SELECT provider_id, CASE WHEN sure THEN cost ELSE 0 END AS sure, CASE WHEN sure THEN 0 ELSE cost END AS doubt
  FROM (
    SELECT a.provider_id, coalesce(a.cost_micros, a.max_cost_micros) AS cost,
           a.state = 'finished' AND a.cost_micros IS NOT NULL AND a.ended_at < r.read_at - ${DOUBT} AS sure
    FROM activations a JOIN readings r USING (provider_id)
    WHERE a.state IN ('buying', 'purchase_unknown', 'active', 'received', 'finished')
       OR (a.state IN ('cancelled', 'refused', 'released') AND a.ended_at > r.read_at - ${DOUBT})
    UNION ALL
    SELECT provider_id, coalesce(cost_micros, amount_micros), resolution IS NOT NULL
    FROM suspense_entries WHERE resolution IS DISTINCT FROM 'refunded'
  ) AS items`;

const TOP_UPS = `
  SELECT t.provider_id, CASE WHEN t.created_at < r.read_at - ${DOUBT} THEN t.amount_micros ELSE 0 END AS sure,
         CASE WHEN t.created_at < r.read_at - ${DOUBT} THEN 0 ELSE t.amount_micros END AS doubt
  FROM ledger_transactions t JOIN readings r USING (provider_id) WHERE t.kind = 'top_up'`;

const BOOKS = `
  readings AS (
    SELECT p.id AS provider_id, p.name, m.fetched_at AS read_at,
           ((m.payload ->> 'value')::numeric * 1000000)::bigint AS balance
    FROM providers p JOIN provider_mirror m ON m.provider_id = p.id AND m.kind = 'balance' AND m.scope = ''
    WHERE p.disabled_at IS NULL AND p.id <> ${TEST_PROVIDER_ID} AND m.payload ->> 'value' ~ '^-?[0-9]+(\\.[0-9]+)?$'),
  outflow AS (SELECT provider_id, sum(sure) AS sure, sum(doubt) AS doubt FROM (${OUTFLOW}) AS o GROUP BY provider_id),
  top_ups AS (SELECT provider_id, sum(sure) AS sure, sum(doubt) AS doubt FROM (${TOP_UPS}) AS u GROUP BY provider_id),
  books AS (
    SELECT r.*, coalesce(u.sure, 0) - coalesce(o.sure, 0) - coalesce(o.doubt, 0) AS least_change,
           coalesce(u.sure, 0) + coalesce(u.doubt, 0) - coalesce(o.sure, 0) AS most_change
    FROM readings r LEFT JOIN outflow o USING (provider_id) LEFT JOIN top_ups u USING (provider_id))`;

/** Enabled accounts whose balance was read at least once since their books were opened. */
export async function readProviderBooks(db: Queryable): Promise<ProviderBooks[]> {
  const { rows } = await db.query<ProviderBooks>(
    `WITH ${BOOKS}
     SELECT b.provider_id AS "providerId", b.name, b.balance AS "balanceMicros", b.read_at AS "readAt",
            extract(epoch FROM now() - b.read_at)::float8 AS "readSecondsAgo",
            (a.opening_low_micros + b.least_change)::bigint AS "leastMicros",
            (a.opening_high_micros + b.most_change)::bigint AS "mostMicros"
     FROM books b JOIN provider_accounts a USING (provider_id) ORDER BY b.provider_id`,
  );
  return rows;
}

/**
 * The first balance that is read opens the books of an account: what it had, as a range while something is in doubt.
 * Costs one look at a primary key when they are open.
 */
export async function openProviderBooks(db: Queryable, providerId: number): Promise<void> {
  await db.query(
    `WITH ${BOOKS}
     INSERT INTO provider_accounts (provider_id, opening_low_micros, opening_high_micros)
     SELECT provider_id, balance - most_change, balance - least_change FROM books
     WHERE provider_id = $1 AND NOT EXISTS (SELECT 1 FROM provider_accounts WHERE provider_id = $1)
     ON CONFLICT DO NOTHING`,
    [providerId],
  );
}

/** Another account from now on, or one that was put right by hand: the next balance opens the books anew. */
export async function closeProviderBooks(db: Queryable, providerId: number): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM provider_accounts WHERE provider_id = $1', [providerId]);
  return rowCount === 1;
}

export interface TopUp {
  providerId: number;
  amountMicros: Micros;
  /** Unique per provider row: booked once. */
  reference: string;
  reason: string;
}

/** Books what was paid in at a provider. False when this reference was booked before. */
export async function topUpProvider(db: Queryable, topUp: TopUp): Promise<boolean> {
  const { rows } = await db.query<{ booked: boolean }>('SELECT top_up_provider($1, $2, $3, $4) AS booked', [
    topUp.providerId,
    topUp.amountMicros,
    topUp.reference,
    topUp.reason,
  ]);
  return rows[0]?.booked ?? false;
}

/** What a reference of this provider row was booked for. */
export async function findTopUp(
  db: Queryable,
  key: { providerId: number; reference: string },
): Promise<{ amountMicros: Micros; createdAt: Date } | null> {
  const { rows } = await db.query<{ amountMicros: Micros; createdAt: Date }>(
    `SELECT amount_micros AS "amountMicros", created_at AS "createdAt" FROM ledger_transactions
     WHERE kind = 'top_up' AND provider_id = $1 AND reference = $2`,
    [key.providerId, key.reference],
  );
  return rows[0] ?? null;
}
