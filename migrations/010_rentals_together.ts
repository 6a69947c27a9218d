import type { Knex } from 'knex';

/** Rents that come together: rows, keys and holds of all of them in one call, and so in one commit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ACCEPT_RENTALS);
}

/**
 * Keys are taken first, in one order by everybody; then it is seen who can pay, in the order asked; the wallets are
 * locked last. Returns a row for each place (from 1): the rental's id; or what the wallet has available, when that is
 * too little; or neither, when the key is taken. Raises SX402 when a wallet was emptied in between, and SX404 without a
 * wallet: nothing is done then, and each is to be asked by itself.
 */
const ACCEPT_RENTALS = `
  CREATE FUNCTION accept_rentals(
    p_user_ids integer[], p_api_keys text[], p_provider_ids integer[], p_services text[], p_countries integer[],
    p_prices bigint[], p_max_costs bigint[], p_client_refs text[], p_callback_urls text[], p_buy_seconds float8[],
    p_scopes text[], p_routes text[], p_keys text[], p_request_hashes bytea[]
  ) RETURNS TABLE (place integer, activation_id integer, available_micros bigint)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    v_ids integer[];
    v_free integer[];
    v_paid integer[] := '{}';
    v_short bigint[] := '{}';
    v_user integer;
    v_left bigint;
    v_payer record;
    v_entries integer;
  BEGIN
    SELECT array_agg(nextval(pg_get_serial_sequence('activations', 'id'))) INTO v_ids
      FROM generate_subscripts(p_user_ids, 1);

    WITH taken AS (
      INSERT INTO idempotency_keys (scope, route, key, request_hash, activation_id)
        SELECT * FROM unnest(p_scopes, p_routes, p_keys, p_request_hashes, v_ids) AS wanted (scope, route, key, hash, id)
        WHERE key IS NOT NULL ORDER BY scope, route, key
        ON CONFLICT DO NOTHING RETURNING activation_id
    ) SELECT array_agg(activation_id) INTO v_free FROM taken;

    FOR v_payer IN
      SELECT wanted.place::integer, wanted.user_id, wanted.id, wanted.price, w.balance_micros - w.held_micros AS available
        FROM unnest(p_user_ids, p_prices, p_keys, v_ids) WITH ORDINALITY AS wanted (user_id, price, key, id, place)
        LEFT JOIN wallets w ON w.user_id = wanted.user_id
        WHERE wanted.key IS NULL OR wanted.id = ANY (v_free)
        ORDER BY wanted.user_id, wanted.place
    LOOP
      IF v_payer.available IS NULL THEN
        RAISE EXCEPTION 'wallet user % does not exist', v_payer.user_id USING ERRCODE = 'SX404';
      END IF;
      IF v_user IS DISTINCT FROM v_payer.user_id THEN
        v_user := v_payer.user_id;
        v_left := v_payer.available;
      END IF;
      IF v_payer.price <= v_left THEN
        v_left := v_left - v_payer.price;
        v_paid := v_paid || v_payer.id;
      ELSE
        v_short[v_payer.place] := v_left;
      END IF;
    END LOOP;

    IF v_short <> '{}' THEN
      DELETE FROM idempotency_keys k
        USING unnest(p_scopes, p_routes, p_keys, v_ids) AS wanted (scope, route, key, id)
        WHERE k.scope = wanted.scope AND k.route = wanted.route AND k.key = wanted.key
          AND k.activation_id = wanted.id AND wanted.id <> ALL (v_paid);
    END IF;

    IF v_paid <> '{}' THEN
      INSERT INTO activations (id, user_id, api_key, provider_id, service, country, price_micros, max_cost_micros,
                               client_ref, callback_url, buy_until) OVERRIDING SYSTEM VALUE
        SELECT id, user_id, api_key, provider_id, service, country, price, max_cost, client_ref, callback_url,
               now() + make_interval(secs => buy_seconds)
        FROM unnest(v_ids, p_user_ids, p_api_keys, p_provider_ids, p_services, p_countries, p_prices, p_max_costs,
                    p_client_refs, p_callback_urls, p_buy_seconds)
          AS wanted (id, user_id, api_key, provider_id, service, country, price, max_cost, client_ref, callback_url,
                     buy_seconds)
        WHERE id = ANY (v_paid);

      WITH booked AS (
        INSERT INTO ledger_transactions (kind, user_id, activation_id, amount_micros, reason)
          SELECT 'hold', user_id, id, price, 'rental'
          FROM unnest(v_ids, p_user_ids, p_prices) AS wanted (id, user_id, price)
          WHERE id = ANY (v_paid) ORDER BY user_id, id
          RETURNING id, user_id, amount_micros
      )
      INSERT INTO ledger_postings (transaction_id, account, user_id, amount_micros)
        SELECT booked.id, side.account, booked.user_id, side.sign * booked.amount_micros
        FROM booked, (VALUES ('available', -1), ('held', 1)) AS side (account, sign);

      -- In one order too; and only now, since whoever has a wallet keeps everybody else from it until the commit.
      PERFORM FROM wallets w WHERE w.user_id = ANY (p_user_ids) ORDER BY w.user_id FOR UPDATE;
      WITH booked AS (
        SELECT t.id, t.user_id, sum(t.amount_micros) OVER mine AS so_far, row_number() OVER mine AS nth
          FROM ledger_transactions t WHERE t.activation_id = ANY (v_paid) AND t.kind = 'hold'
          WINDOW mine AS (PARTITION BY t.user_id ORDER BY t.id)
      ), total AS (
        SELECT user_id, max(so_far) AS amount, max(nth) AS count FROM booked GROUP BY user_id
      ), held AS (
        UPDATE wallets w SET held_micros = w.held_micros + total.amount, version = w.version + total.count
          FROM total WHERE w.user_id = total.user_id AND w.balance_micros - w.held_micros >= total.amount
          RETURNING w.user_id, w.balance_micros, w.held_micros - total.amount AS held_before,
                    w.version - total.count AS version_before
      )
      INSERT INTO wallet_entries (user_id, version, transaction_id, balance_micros, held_micros)
        SELECT held.user_id, held.version_before + booked.nth, booked.id, held.balance_micros,
               held.held_before + booked.so_far
        FROM held JOIN booked ON booked.user_id = held.user_id;
      GET DIAGNOSTICS v_entries = ROW_COUNT;
      IF v_entries <> cardinality(v_paid) THEN
        RAISE EXCEPTION 'insufficient funds' USING ERRCODE = 'SX402', DETAIL = (
          SELECT min(w.balance_micros - w.held_micros)::text FROM wallets w WHERE w.user_id = ANY (p_user_ids));
      END IF;
    END IF;

    RETURN QUERY SELECT asked.place::integer, CASE WHEN asked.id = ANY (v_paid) THEN asked.id END, v_short[asked.place]
      FROM unnest(v_ids) WITH ORDINALITY AS asked (id, place) ORDER BY asked.place;
  END $$;
`;
