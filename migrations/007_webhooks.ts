import type { Knex } from 'knex';

/**
 * What a partner's callback_url is to hear. Triggers write it in the commit that makes it true, so no event is lost
 * and none is invented; see docs/decisions/0010.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(DELIVERIES);
  await knex.raw(MESSAGES);
  await knex.raw(ACTIVATIONS);
}

const DELIVERIES = `
  CREATE TABLE webhook_deliveries (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner            text NOT NULL,
    event_type       text NOT NULL,
    message_id       uuid REFERENCES messages (id),
    activation_id    integer REFERENCES activations (id),
    url              text NOT NULL,
    state            text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'calling', 'delivered', 'failed')),
    epoch            integer NOT NULL DEFAULT 1,
    claim            uuid,
    attempts         integer NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz NOT NULL DEFAULT now(),
    nudged_at        timestamptz,
    call_started_at  timestamptz,
    give_up_at       timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    last_status      integer,
    last_error       text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    finished_at      timestamptz,
    CHECK (num_nonnulls(message_id, activation_id) = 1)
  );
  CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE state = 'ready';
  CREATE INDEX webhook_deliveries_calling ON webhook_deliveries (call_started_at) WHERE state = 'calling';
  CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;
  -- A message may be taken for sent, doubted, and found to be sent after all: that is told once.
  CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (message_id, event_type)
    WHERE message_id IS NOT NULL;
`;

const MESSAGES = `
  CREATE FUNCTION announce_message() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO webhook_deliveries (owner, event_type, message_id, url)
      VALUES (NEW.owner, 'message.' || NEW.state, NEW.id, NEW.callback_url)
      ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
  CREATE TRIGGER announce AFTER UPDATE OF state ON messages FOR EACH ROW
    WHEN (NEW.callback_url IS NOT NULL AND NEW.state <> OLD.state
          AND NEW.state IN ('sent', 'delivered', 'undelivered', 'failed', 'canceled'))
    EXECUTE FUNCTION announce_message();
`;

/** A code announces itself, the first as any other: the move to received, in the same commit, tells nothing more. */
const ACTIVATIONS = `
  CREATE FUNCTION announce_activation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO webhook_deliveries (owner, event_type, activation_id, url)
      VALUES ('u:' || NEW.user_id,
              'activation.' || CASE WHEN NEW.state IN ('refused', 'released') THEN 'cancelled' ELSE NEW.state END,
              NEW.id, NEW.callback_url);
    RETURN NULL;
  END $$;
  CREATE TRIGGER announce AFTER UPDATE OF state ON activations FOR EACH ROW
    WHEN (NEW.callback_url IS NOT NULL AND NEW.state <> OLD.state
          AND NEW.state IN ('active', 'finished', 'cancelled', 'refused', 'released'))
    EXECUTE FUNCTION announce_activation();

  CREATE FUNCTION announce_code() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO webhook_deliveries (owner, event_type, activation_id, url)
      SELECT 'u:' || user_id, CASE WHEN NEW.late THEN 'activation.late_code' ELSE 'activation.code_received' END,
             id, callback_url
      FROM activations WHERE id = NEW.activation_id AND callback_url IS NOT NULL;
    RETURN NULL;
  END $$;
  CREATE TRIGGER announce AFTER INSERT ON activation_codes FOR EACH ROW EXECUTE FUNCTION announce_code();
`;
