import { TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { TEXT_DAYS } from './backlog.ts';

/** One rule that must hold whatever happened. `violations` counts offending rows; `examples` names some. */
export interface InvariantResult {
  id: string;
  rule: string;
  violations: number;
  examples: string[];
}

interface Invariant {
  id: string;
  rule: string;
  /** Selects one text column `offender` for each violation. */
  sql: string;
}

const INVARIANTS: Invariant[] = [
  {
    id: 'I1',
    rule: 'the postings of every ledger transaction sum to zero',
    sql: `SELECT t.id::text AS offender FROM ledger_transactions t
          LEFT JOIN ledger_postings p ON p.transaction_id = t.id
          GROUP BY t.id HAVING coalesce(sum(p.amount_micros), 1) <> 0 OR count(p.account) < 2
          UNION ALL
          SELECT 'orphan ' || p.transaction_id FROM ledger_postings p
          WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = p.transaction_id)`,
  },
  {
    id: 'I2.balance',
    rule: 'a wallet’s balance and held amount are the sums of its postings',
    sql: `SELECT w.user_id::text AS offender FROM wallets w LEFT JOIN ledger_postings p ON p.user_id = w.user_id
          GROUP BY w.user_id, w.balance_micros, w.held_micros
          HAVING w.balance_micros <> coalesce(sum(p.amount_micros), 0)
              OR w.held_micros <> coalesce(sum(p.amount_micros) FILTER (WHERE p.account = 'held'), 0)`,
  },
  {
    id: 'I2.held',
    rule: 'a wallet’s held amount is the sum of the prices of its open rentals',
    sql: `SELECT w.user_id::text AS offender FROM wallets w LEFT JOIN activations a
            ON a.user_id = w.user_id AND a.state IN ('pending', 'buying', 'purchase_unknown', 'active')
          GROUP BY w.user_id, w.held_micros HAVING w.held_micros <> coalesce(sum(a.price_micros), 0)`,
  },
  {
    id: 'I2.versions',
    rule: 'the movements of a wallet are numbered without gaps',
    sql: `SELECT w.user_id::text AS offender FROM wallets w LEFT JOIN wallet_entries e ON e.user_id = w.user_id
          GROUP BY w.user_id, w.version
          HAVING count(e.version) <> w.version OR coalesce(max(e.version), 0) <> w.version`,
  },
  {
    id: 'I3',
    rule: 'a rental has one hold and, once settled, exactly one of capture and release, at most the price',
    sql: `SELECT a.id::text AS offender FROM activations a LEFT JOIN ledger_transactions t ON t.activation_id = a.id
          GROUP BY a.id, a.state, a.price_micros
          HAVING count(*) FILTER (WHERE t.kind = 'hold') <> 1
              OR count(*) FILTER (WHERE t.kind IN ('capture', 'release'))
                 <> CASE WHEN a.state IN ('pending', 'buying', 'purchase_unknown', 'active') THEN 0 ELSE 1 END
              OR bool_or(t.kind IN ('capture', 'release', 'hold') AND t.amount_micros <> a.price_micros)`,
  },
  {
    id: 'I5.captured',
    rule: 'money was captured exactly where a code arrived in time',
    sql: `SELECT a.id::text AS offender FROM activations a
          WHERE (a.state IN ('received', 'finished')) <> EXISTS (
                  SELECT 1 FROM activation_codes c WHERE c.activation_id = a.id AND NOT c.late)
             OR (a.state IN ('received', 'finished')) <> EXISTS (
                  SELECT 1 FROM ledger_transactions t WHERE t.activation_id = a.id AND t.kind = 'capture')`,
  },
  {
    id: 'I5.released',
    rule: 'every release has a named reason',
    sql: `SELECT id::text AS offender FROM activations
          WHERE state IN ('cancelled', 'refused', 'released') AND reason IS NULL`,
  },
  {
    id: 'I6',
    rule: 'every rental with a number has the provider’s reference',
    sql: `SELECT id::text AS offender FROM activations
          WHERE state IN ('active', 'received', 'finished', 'cancelled') AND purchased_at IS NOT NULL AND provider_ref IS NULL`,
  },
  {
    id: 'I6.suspense',
    rule: 'money in suspense is booked once per entry, and leaves suspense exactly when the entry is decided',
    sql: `SELECT 'entry ' || s.id AS offender FROM suspense_entries s
          WHERE (SELECT coalesce(sum(t.amount_micros), -1) FROM ledger_transactions t
                 WHERE t.kind = 'suspense' AND CASE WHEN s.kind = 'orphan_purchase' THEN t.suspense_id = s.id
                                                    ELSE t.activation_id = s.activation_id END) <> s.amount_micros
             OR coalesce(s.resolution, 'open') <> coalesce((
                  SELECT max(CASE t.kind WHEN 'write_off' THEN 'written_off' ELSE 'refunded' END)
                  FROM ledger_transactions t WHERE t.suspense_id = s.id AND t.kind IN ('write_off', 'refund')
                    AND t.amount_micros = s.amount_micros), 'open')
          UNION ALL
          SELECT 'transaction ' || t.id FROM ledger_transactions t
          WHERE t.kind = 'suspense' AND NOT EXISTS (
            SELECT 1 FROM suspense_entries s WHERE s.id = t.suspense_id
               OR (s.activation_id = t.activation_id AND s.kind <> 'orphan_purchase'))`,
  },
  {
    id: 'I6.once',
    rule: 'a number at the provider belongs to one rental or to one entry in suspense, never to both',
    sql: `SELECT 'entry ' || s.id AS offender FROM suspense_entries s
          JOIN activations a ON a.provider_id = s.provider_id AND a.provider_ref = s.provider_ref
          WHERE s.kind IN ('orphan_purchase', 'unknown_purchase')`,
  },
  {
    id: 'I7',
    rule: 'the provider is called at most once for each attempt',
    sql: `SELECT 'message ' || id AS offender FROM messages WHERE calls > epoch OR repeated_calls > 0
          UNION ALL
          SELECT 'rental ' || id FROM activations
          WHERE calls > epoch OR repeated_calls > 0
             OR command_calls > command_epoch OR command_repeated_calls > 0`,
  },
  {
    id: 'I8.readable',
    rule: 'a rental that was paid has a code that can be read, until codes are erased for their age',
    sql: `SELECT a.id::text AS offender FROM activations a
          WHERE a.state IN ('received', 'finished') AND NOT EXISTS (
            SELECT 1 FROM activation_codes c WHERE c.activation_id = a.id
              AND (c.code IS NOT NULL OR c.received_at < now() - interval '${TEXT_DAYS} days'))`,
  },
  {
    id: 'I8.pushed',
    // Not where the provider cannot be heard at present, nor after an end that it confirmed before the push.
    rule: 'a code that was pushed for a rental is recorded within two minutes',
    sql: `SELECT a.id::text AS offender FROM provider_pushes q
          JOIN activations a ON a.provider_id = q.provider_id AND a.provider_ref = q.provider_ref
          WHERE q.has_code AND greatest(q.received_at, a.purchased_at, a.adopted_at) < now() - interval '2 minutes'
            AND a.unusable_answers = 0 AND (a.ended_at IS NULL OR q.received_at < a.ended_at)
            AND NOT EXISTS (SELECT 1 FROM activation_codes c WHERE c.activation_id = a.id)
          GROUP BY a.id`,
  },
  {
    id: 'I10',
    rule: 'every idempotency key of a send or a rent leads to its row',
    sql: `SELECT k.route || ' ' || coalesce(k.message_id::text, k.activation_id::text) AS offender FROM idempotency_keys k
          WHERE (k.message_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = k.message_id))
             OR (k.route = 'rent_number' AND NOT EXISTS (SELECT 1 FROM activations a WHERE a.id = k.activation_id))`,
  },
  {
    id: 'I11',
    rule: 'what a test user rents or sends is played by the scripted provider, and nothing else is',
    sql: `SELECT 'rental ' || a.id AS offender FROM activations a JOIN users u ON u.id = a.user_id
          WHERE (u.test_of IS NOT NULL) <> (a.provider_id = ${TEST_PROVIDER_ID})
          UNION ALL
          SELECT 'message ' || m.id FROM messages m JOIN users u ON m.owner = 'u:' || u.id
          WHERE (u.test_of IS NOT NULL) <> m.test`,
  },
];

/** Runs every rule, each over one snapshot. Alarms, never repairs. */
export async function checkInvariants(db: Queryable): Promise<InvariantResult[]> {
  const results: InvariantResult[] = [];
  for (const { id, rule, sql } of INVARIANTS) {
    const { rows } = await db.query<{ total: number; examples: string[] | null }>(
      `WITH offenders AS (${sql})
       SELECT count(*)::integer AS total, (array_agg(offender))[1:5] AS examples FROM offenders`,
    );
    results.push({ id, rule, violations: rows[0]?.total ?? 0, examples: rows[0]?.examples ?? [] });
  }
  return results;
}
