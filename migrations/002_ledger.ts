import type { Knex } from 'knex';

/**
 * Double-entry ledger in integer micro-dollars. A wallet owns two accounts, available and held; the other sides are
 * `funding` (operator), `revenue`, and per provider `provider` against `cost` or `suspense`.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(APPEND_ONLY);
  await knex.raw(BALANCED);
  await knex.raw(WALLET_MOVE);
  await knex.raw(PROVIDER_COST);
}

// No foreign keys point at the append-only tables: checking one locks the row, which takes the UPDATE privilege
// that is revoked below. The audit looks for orphans instead.
const TABLES = `
  CREATE TABLE wallets (
    user_id         integer PRIMARY KEY REFERENCES users (id),
    balance_micros  bigint NOT NULL DEFAULT 0,
    held_micros     bigint NOT NULL DEFAULT 0 CHECK (held_micros >= 0),
    version         bigint NOT NULL DEFAULT 0,
    CHECK (balance_micros - held_micros >= 0)
  );

  CREATE TABLE ledger_transactions (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('credit', 'debit', 'hold', 'capture', 'release', 'cost', 'suspense')),
    user_id        integer REFERENCES users (id),
    provider_id    integer,
    activation_id  integer,
    reference      text,
    amount_micros  bigint NOT NULL CHECK (amount_micros >= 0),
    reason         text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (activation_id, kind),
    UNIQUE (user_id, reference)
  );
  CREATE INDEX ledger_transactions_by_time ON ledger_transactions (created_at);
  -- A hold ends once: captured or released, never both.
  CREATE UNIQUE INDEX ledger_hold_ends_once ON ledger_transactions (activation_id)
    WHERE kind IN ('capture', 'release');

  CREATE TABLE ledger_postings (
    transaction_id  bigint NOT NULL,
    account         text NOT NULL CHECK (account IN
                      ('available', 'held', 'funding', 'revenue', 'provider', 'cost', 'suspense')),
    user_id         integer,
    provider_id     integer,
    amount_micros   bigint NOT NULL,
    PRIMARY KEY (transaction_id, account),
    CHECK ((account IN ('available', 'held')) = (user_id IS NOT NULL)),
    CHECK ((account = 'provider') = (provider_id IS NOT NULL))
  );
  CREATE INDEX ledger_postings_by_user ON ledger_postings (user_id) WHERE user_id IS NOT NULL;

  -- One line per movement of a wallet, numbered without gaps, with the amounts after it.
  CREATE TABLE wallet_entries (
    user_id         integer NOT NULL,
    version         bigint NOT NULL,
    transaction_id  bigint NOT NULL UNIQUE,
    balance_micros  bigint NOT NULL,
    held_micros     bigint NOT NULL,
    PRIMARY KEY (user_id, version)
  );
`;

const APPEND_ONLY = `
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END $$;

  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transactions, ledger_postings, wallet_entries, audit_log
    FROM PUBLIC, CURRENT_USER;
`;

const BALANCED = `
  CREATE FUNCTION require_balanced_postings() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM added GROUP BY transaction_id HAVING sum(amount_micros) <> 0 OR count(*) < 2) THEN
      RAISE EXCEPTION 'the postings of a transaction must sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;

  CREATE TRIGGER balanced AFTER INSERT ON ledger_postings REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION require_balanced_postings();
`;

/**
 * One movement of one wallet: the unique keys decide first, the wallet row is locked last. Raises SX402 when the
 * available amount does not cover it (the caller's whole transaction rolls back) and SX404 without a wallet.
 * `repeated` tells that this movement was made before; nothing was changed then.
 */
const WALLET_MOVE = `
  CREATE FUNCTION wallet_move(
    p_user_id integer, p_kind text, p_amount bigint, p_reason text, p_reference text, p_activation_id integer
  ) RETURNS TABLE (repeated boolean, transaction_id bigint, balance_micros bigint, held_micros bigint)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    v_id bigint;
    v_wallet wallets;
    v_from text := CASE p_kind WHEN 'credit' THEN 'funding' WHEN 'debit' THEN 'available' WHEN 'hold' THEN 'available'
                               ELSE 'held' END;
    v_to text := CASE p_kind WHEN 'credit' THEN 'available' WHEN 'debit' THEN 'funding' WHEN 'hold' THEN 'held'
                             WHEN 'capture' THEN 'revenue' ELSE 'available' END;
    v_balance bigint := CASE p_kind WHEN 'credit' THEN p_amount WHEN 'debit' THEN -p_amount
                                    WHEN 'capture' THEN -p_amount ELSE 0 END;
    v_held bigint := CASE p_kind WHEN 'hold' THEN p_amount WHEN 'capture' THEN -p_amount
                                 WHEN 'release' THEN -p_amount ELSE 0 END;
  BEGIN
    INSERT INTO ledger_transactions (kind, user_id, activation_id, reference, amount_micros, reason)
      VALUES (p_kind, p_user_id, p_activation_id, p_reference, p_amount, p_reason)
      ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
      RETURN QUERY SELECT true, NULL::bigint, w.balance_micros, w.held_micros FROM wallets w WHERE w.user_id = p_user_id;
      RETURN;
    END IF;

    INSERT INTO ledger_postings (transaction_id, account, user_id, amount_micros)
      SELECT v_id, side.account, CASE WHEN side.account IN ('available', 'held') THEN p_user_id END, side.amount
      FROM (VALUES (v_from, -p_amount), (v_to, p_amount)) AS side (account, amount);

    UPDATE wallets w
      SET balance_micros = w.balance_micros + v_balance, held_micros = w.held_micros + v_held, version = w.version + 1
      WHERE w.user_id = p_user_id
        AND (p_kind NOT IN ('debit', 'hold') OR w.balance_micros - w.held_micros >= p_amount)
      RETURNING w.* INTO v_wallet;
    IF NOT FOUND THEN
      SELECT * INTO v_wallet FROM wallets w WHERE w.user_id = p_user_id;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'wallet user % does not exist', p_user_id USING ERRCODE = 'SX404';
      END IF;
      RAISE EXCEPTION 'insufficient funds' USING ERRCODE = 'SX402',
        DETAIL = (v_wallet.balance_micros - v_wallet.held_micros)::text;
    END IF;

    INSERT INTO wallet_entries (user_id, version, transaction_id, balance_micros, held_micros)
      VALUES (p_user_id, v_wallet.version, v_id, v_wallet.balance_micros, v_wallet.held_micros);
    RETURN QUERY SELECT false, v_id, v_wallet.balance_micros, v_wallet.held_micros;
  END $$;
`;

/** What a provider charged us (`cost`), or may have charged for a purchase of unknown outcome (`suspense`). */
const PROVIDER_COST = `
  CREATE FUNCTION book_provider_cost(
    p_provider_id integer, p_kind text, p_amount bigint, p_reason text, p_activation_id integer
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_id bigint;
  BEGIN
    INSERT INTO ledger_transactions (kind, provider_id, activation_id, amount_micros, reason)
      VALUES (p_kind, p_provider_id, p_activation_id, p_amount, p_reason)
      ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
      RETURN false;
    END IF;
    INSERT INTO ledger_postings (transaction_id, account, provider_id, amount_micros)
      VALUES (v_id, 'provider', p_provider_id, -p_amount), (v_id, p_kind, NULL, p_amount);
    RETURN true;
  END $$;
`;
