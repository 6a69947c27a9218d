import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(ACTIVATIONS);
  await knex.raw(CODES);
  await knex.raw(EDGES);
}

const ACTIVATIONS = `
  CREATE TABLE activations (
    id                     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id                integer NOT NULL REFERENCES users (id),
    api_key                text NOT NULL,
    provider_id            integer NOT NULL REFERENCES providers (id),
    provider_ref           text,
    service                text NOT NULL,
    country                integer NOT NULL,
    price_micros           bigint NOT NULL CHECK (price_micros >= 0),
    max_cost_micros        bigint NOT NULL CHECK (max_cost_micros >= 0),
    cost_micros            bigint,
    phone                  text,
    state                  text NOT NULL DEFAULT 'pending' CHECK (state IN
                             ('pending', 'buying', 'purchase_unknown', 'active', 'received', 'finished',
                              'cancelled', 'refused', 'released')),
    reason                 text,
    reason_message         text,
    current_price_micros   bigint,
    client_ref             text,
    callback_url           text,
    version                integer NOT NULL DEFAULT 1,

    epoch                  integer NOT NULL DEFAULT 1,
    claim                  uuid,
    next_attempt_at        timestamptz NOT NULL DEFAULT now(),
    nudged_at              timestamptz,
    buy_until              timestamptz NOT NULL,
    call_started_at        timestamptz,

    purchased_at           timestamptz,
    expires_at             timestamptz,
    earliest_cancel_at     timestamptz,
    release_at             timestamptz,
    expecting_code         boolean NOT NULL DEFAULT true,
    late_code              boolean NOT NULL DEFAULT false,
    unusable_answers       integer NOT NULL DEFAULT 0,
    unusable_raw           bytea,

    cancel_requested_at    timestamptz,
    command                text CHECK (command IN ('cancel', 'resend', 'finish')),
    command_epoch          integer NOT NULL DEFAULT 0,
    command_claimed_epoch  integer NOT NULL DEFAULT 0,
    command_claimed_at     timestamptz,
    command_next_at        timestamptz,
    command_nudged_at      timestamptz,
    command_answer         text,

    created_at             timestamptz NOT NULL DEFAULT now(),
    ended_at               timestamptz,
    UNIQUE (provider_id, provider_ref)
  );
  CREATE INDEX activations_to_buy ON activations (next_attempt_at) WHERE state = 'pending';
  CREATE INDEX activations_buying ON activations (call_started_at) WHERE state = 'buying';
  CREATE INDEX activations_unknown ON activations (release_at) WHERE state = 'purchase_unknown';
  CREATE INDEX activations_live ON activations (expires_at) WHERE state IN ('active', 'received');
  CREATE INDEX activations_commanded ON activations (command_next_at) WHERE command IS NOT NULL;
  CREATE INDEX activations_by_user ON activations (user_id, id);
`;

const CODES = `
  -- A code belongs to a rental once; the provider repeats old ones. The hash is keyed, the code encrypted.
  CREATE TABLE activation_codes (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    activation_id  integer NOT NULL REFERENCES activations (id),
    code           bytea,
    code_hash      bytea NOT NULL,
    text           bytea,
    late           boolean NOT NULL DEFAULT false,
    received_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (activation_id, code_hash)
  );
`;

/** Edges as in libs/domain/activation.ts; final states absorb. */
const EDGES = `
  CREATE FUNCTION require_activation_edge() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
      'pending>buying', 'pending>refused', 'pending>cancelled',
      'buying>pending', 'buying>active', 'buying>refused', 'buying>purchase_unknown',
      'purchase_unknown>active', 'purchase_unknown>released',
      'active>received', 'active>cancelled',
      'received>finished'
    ]) THEN
      RAISE EXCEPTION 'activation % cannot move from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER edges BEFORE UPDATE OF state ON activations FOR EACH ROW EXECUTE FUNCTION require_activation_edge();
`;
