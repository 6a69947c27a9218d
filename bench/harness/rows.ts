import type { Installation } from './installation.ts';

export interface Rental {
  id: number;
  partner: number;
  providerRef: string;
}

export interface RentalOptions {
  count: number;
  /** SQL, for the n-th of `count` rentals; default an hour ahead, so that the ladder stays at its shortest step. */
  purchasedAt?: string;
}

const PRICE_MICROS = 300_000;
let nextRef = 1;

/**
 * Live rentals with their holds, as many purchases would have left them, in one statement: rows, double entries and
 * wallets agree. The first partner owns the first, the second the second, and so on.
 */
export async function insertRentals(
  { sql, partners }: Installation,
  { count, purchasedAt = `now() + interval '1 hour'` }: RentalOptions,
): Promise<Rental[]> {
  const users = partners.map((partner) => partner.userId);
  const first = nextRef;
  nextRef += count;
  const rows = await sql<{ id: number; user_id: number; provider_ref: string }>(
    INSERT_RENTALS.replaceAll('PURCHASED_AT', purchasedAt),
    [users, first, count, PRICE_MICROS],
  );
  await sql('ANALYZE activations, ledger_transactions, ledger_postings, wallet_entries');
  const indexOf = new Map(users.map((user, index) => [user, index]));
  return rows.map((row) => ({
    id: row.id,
    partner: indexOf.get(row.user_id) ?? 0,
    providerRef: row.provider_ref,
  }));
}

const INSERT_RENTALS = `
  WITH rented AS (
    INSERT INTO activations (user_id, api_key, provider_id, provider_ref, service, country, price_micros,
                             max_cost_micros, cost_micros, phone, state, buy_until, purchased_at, expires_at,
                             earliest_cancel_at, calls, called_epoch)
    SELECT ($1::integer[])[1 + (n - $2) % cardinality($1::integer[])], 'bench', 1, 'r' || n, 'tg', 22, $4, $4, $4,
           '+1' || (5550000000 + n), 'active', now(), PURCHASED_AT, PURCHASED_AT + interval '2 hours',
           PURCHASED_AT + interval '2 minutes', 1, 1
    FROM generate_series($2::bigint, $2::bigint + $3::bigint - 1) AS n
    RETURNING id, user_id, provider_ref
  ), held AS (
    INSERT INTO ledger_transactions (kind, user_id, activation_id, amount_micros, reason)
    SELECT 'hold', user_id, id, $4, 'rental' FROM rented RETURNING id, user_id
  ), posted AS (
    INSERT INTO ledger_postings (transaction_id, account, user_id, amount_micros)
    SELECT held.id, side.account, held.user_id, side.amount
    FROM held CROSS JOIN (VALUES ('available', -$4::bigint), ('held', $4::bigint)) AS side (account, amount)
  ), numbered AS (
    SELECT id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY id) AS n FROM held
  ), entered AS (
    INSERT INTO wallet_entries (user_id, version, transaction_id, balance_micros, held_micros)
    SELECT w.user_id, w.version + n, numbered.id, w.balance_micros, w.held_micros + n * $4::bigint
    FROM numbered JOIN wallets w ON w.user_id = numbered.user_id
  ), moved AS (
    UPDATE wallets w SET held_micros = w.held_micros + c.n * $4::bigint, version = w.version + c.n
    FROM (SELECT user_id, count(*) AS n FROM held GROUP BY user_id) AS c WHERE w.user_id = c.user_id
  )
  SELECT id, user_id, provider_ref FROM rented ORDER BY id`;
