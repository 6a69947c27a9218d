import type { Knex } from 'knex';

/** What audits compare (calls, pushes, provider balances), and where doubt about money waits for a decision. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CALLS);
  await knex.raw(LEDGER);
  await knex.raw(SUSPENSE);
  await knex.raw(PROVIDER_COST);
  await knex.raw(SETTLE_SUSPENSE);
  await knex.raw(TOP_UP);
  await knex.raw(EARLIER_SUSPENSE);
}

/**
 * Counted in the claim itself. `repeated_calls` stays above zero once one epoch was claimed twice: `calls` alone would
 * be hidden by an epoch that was skipped without a call.
 */
const CALLS = `
  ALTER TABLE messages
    ADD COLUMN calls integer NOT NULL DEFAULT 0,
    ADD COLUMN called_epoch integer NOT NULL DEFAULT 0,
    ADD COLUMN repeated_calls integer NOT NULL DEFAULT 0;
  ALTER TABLE activations
    ADD COLUMN calls integer NOT NULL DEFAULT 0,
    ADD COLUMN called_epoch integer NOT NULL DEFAULT 0,
    ADD COLUMN repeated_calls integer NOT NULL DEFAULT 0,
    ADD COLUMN command_calls integer NOT NULL DEFAULT 0,
    ADD COLUMN command_repeated_calls integer NOT NULL DEFAULT 0,
    -- Since when the provider has denied a rental that it sold.
    ADD COLUMN denied_at timestamptz,
    -- When it was found out that this was what an unknown purchase had bought.
    ADD COLUMN adopted_at timestamptz;

  -- Null: kept before this was noted.
  ALTER TABLE provider_pushes ADD COLUMN has_code boolean;
  CREATE INDEX provider_pushes_with_code ON provider_pushes (received_at) WHERE has_code;
  CREATE INDEX audit_log_by_subject ON audit_log (subject);
`;

const LEDGER = `
  ALTER TABLE ledger_transactions
    ADD COLUMN suspense_id integer,
    DROP CONSTRAINT ledger_transactions_kind_check,
    ADD CONSTRAINT ledger_transactions_kind_check CHECK (kind IN
      ('credit', 'debit', 'hold', 'capture', 'release', 'cost', 'suspense', 'write_off', 'refund', 'top_up'));
  -- An entry is booked once, and leaves suspense once: written off or refunded, never both.
  CREATE UNIQUE INDEX ledger_suspense_booked_once ON ledger_transactions (suspense_id) WHERE kind = 'suspense';
  CREATE UNIQUE INDEX ledger_suspense_ends_once ON ledger_transactions (suspense_id)
    WHERE kind IN ('write_off', 'refund');
  CREATE UNIQUE INDEX ledger_top_up_once ON ledger_transactions (provider_id, reference) WHERE kind = 'top_up';
`;

const SUSPENSE = `
  -- Money at a provider that no rental explains, until somebody finds out.
  CREATE TABLE suspense_entries (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN
                     ('unknown_purchase', 'denied_rental', 'late_code', 'orphan_purchase')),
    provider_id    integer NOT NULL REFERENCES providers (id),
    provider_ref   text,
    activation_id  integer REFERENCES activations (id),
    amount_micros  bigint NOT NULL CHECK (amount_micros >= 0),
    -- What the provider says it cost; the amount is what may have been paid at most.
    cost_micros    bigint CHECK (cost_micros >= 0),
    opened_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at    timestamptz,
    resolution     text CHECK (resolution IN ('written_off', 'refunded')),
    resolved_by    text,
    note           text,
    CHECK (num_nulls(resolved_at, resolution, resolved_by) IN (0, 3)),
    CHECK (kind <> 'orphan_purchase' OR provider_ref IS NOT NULL),
    CHECK (kind = 'orphan_purchase' OR activation_id IS NOT NULL)
  );
  CREATE UNIQUE INDEX suspense_entries_by_ref ON suspense_entries (provider_id, provider_ref)
    WHERE kind IN ('orphan_purchase', 'unknown_purchase');
  CREATE UNIQUE INDEX suspense_entries_by_rental ON suspense_entries (activation_id)
    WHERE kind <> 'orphan_purchase';
  CREATE INDEX suspense_entries_open ON suspense_entries (opened_at) WHERE resolved_at IS NULL;

  -- What an account had when its balance was first read, as the range that rentals under way left open.
  CREATE TABLE provider_accounts (
    provider_id          integer PRIMARY KEY REFERENCES providers (id) ON DELETE CASCADE,
    opening_low_micros   bigint NOT NULL,
    opening_high_micros  bigint NOT NULL,
    opened_at            timestamptz NOT NULL DEFAULT now()
  );
`;

/** As before, and with the entry that a number bought for no rental is booked for. */
const PROVIDER_COST = `
  DROP FUNCTION book_provider_cost(integer, text, bigint, text, integer);
  CREATE FUNCTION book_provider_cost(
    p_provider_id integer, p_kind text, p_amount bigint, p_reason text, p_activation_id integer,
    p_suspense_id integer DEFAULT NULL
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_id bigint;
  BEGIN
    INSERT INTO ledger_transactions (kind, provider_id, activation_id, suspense_id, amount_micros, reason)
      VALUES (p_kind, p_provider_id, p_activation_id, p_suspense_id, p_amount, p_reason)
      ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
      RETURN false;
    END IF;
    INSERT INTO ledger_postings (transaction_id, account, provider_id, amount_micros)
      VALUES (v_id, 'provider', p_provider_id, -p_amount), (v_id, p_kind, NULL, p_amount);
    RETURN true;
  END $$;
`;

/** Moves an entry out of suspense. Written off: what it cost stays spent, the rest of the amount was never paid. */
const SETTLE_SUSPENSE = `
  CREATE FUNCTION settle_suspense(p_entry suspense_entries, p_reason text) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_id bigint;
    v_cost bigint := CASE p_entry.resolution
      WHEN 'written_off' THEN coalesce(p_entry.cost_micros, p_entry.amount_micros) ELSE 0 END;
  BEGIN
    INSERT INTO ledger_transactions (kind, provider_id, activation_id, suspense_id, amount_micros, reason)
      VALUES (CASE p_entry.resolution WHEN 'written_off' THEN 'write_off' ELSE 'refund' END, p_entry.provider_id,
              CASE WHEN p_entry.kind <> 'orphan_purchase' THEN p_entry.activation_id END, p_entry.id,
              p_entry.amount_micros, p_reason)
      ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
      RETURN false;
    END IF;
    INSERT INTO ledger_postings (transaction_id, account, provider_id, amount_micros)
      SELECT v_id, side.account, CASE side.account WHEN 'provider' THEN p_entry.provider_id END, side.amount
      FROM (VALUES ('suspense', -p_entry.amount_micros), ('cost', v_cost),
                   ('provider', p_entry.amount_micros - v_cost)) AS side (account, amount)
      WHERE side.account = 'suspense' OR side.amount <> 0
         OR (p_entry.amount_micros = 0 AND side.account = 'provider');
    RETURN true;
  END $$;
`;

/** Money an operator paid in at a provider. False when this reference was booked before. */
const TOP_UP = `
  CREATE FUNCTION top_up_provider(p_provider_id integer, p_amount bigint, p_reference text, p_reason text)
  RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_id bigint;
  BEGIN
    INSERT INTO ledger_transactions (kind, provider_id, reference, amount_micros, reason)
      VALUES ('top_up', p_provider_id, p_reference, p_amount, p_reason)
      ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
      RETURN false;
    END IF;
    INSERT INTO ledger_postings (transaction_id, account, provider_id, amount_micros)
      VALUES (v_id, 'funding', NULL, -p_amount), (v_id, 'provider', p_provider_id, p_amount);
    RETURN true;
  END $$;
`;

/** What was booked before there were entries gets one each. */
const EARLIER_SUSPENSE = `
  INSERT INTO suspense_entries (kind, provider_id, provider_ref, activation_id, amount_micros, cost_micros, opened_at, note)
  SELECT CASE WHEN t.reason = 'late_code' THEN 'late_code'
              WHEN a.state = 'released' THEN 'unknown_purchase' ELSE 'denied_rental' END,
         t.provider_id, a.provider_ref, a.id, t.amount_micros, a.cost_micros, t.created_at, t.reason
  FROM ledger_transactions t JOIN activations a ON a.id = t.activation_id
  WHERE t.kind = 'suspense';
`;
