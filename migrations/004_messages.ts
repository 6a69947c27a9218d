import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE messages (
      id                   uuid PRIMARY KEY,
      owner                text NOT NULL,
      api_key              text NOT NULL,
      to_number            text NOT NULL,
      body                 bytea,
      encoding             text NOT NULL,
      segments             integer NOT NULL,
      reference            text,
      callback_url         text,
      state                text NOT NULL DEFAULT 'ready' CHECK (state IN
                             ('ready', 'calling', 'unknown', 'sent', 'delivered', 'undelivered', 'failed', 'canceled')),
      epoch                integer NOT NULL DEFAULT 1,
      claim                uuid,
      next_attempt_at      timestamptz NOT NULL DEFAULT now(),
      nudged_at            timestamptz,
      valid_until          timestamptz NOT NULL,
      call_started_at      timestamptz,
      call_finished_at     timestamptz,
      look_until           timestamptz,
      lookups              integer NOT NULL DEFAULT 0,
      provider_sid         text UNIQUE,
      adopted              boolean NOT NULL DEFAULT false,
      provider_status      text,
      provider_rank        smallint NOT NULL DEFAULT -1,
      error                text,
      provider_error_code  text,
      error_message        text,
      created_at           timestamptz NOT NULL DEFAULT now(),
      updated_at           timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state IN ('ready', 'unknown');
    CREATE INDEX messages_calling ON messages (call_started_at) WHERE state = 'calling';
    CREATE INDEX messages_unknown ON messages (call_started_at) WHERE state = 'unknown';
    CREATE INDEX messages_with_text ON messages (created_at) WHERE body IS NOT NULL;
    CREATE INDEX messages_by_owner ON messages (owner, created_at);

    -- Every word the provider said about a message, in the order heard.
    CREATE TABLE message_events (
      id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      message_id           uuid NOT NULL REFERENCES messages (id),
      provider_sid         text,
      provider_status      text NOT NULL,
      provider_error_code  text,
      heard_at             timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX message_events_by_message ON message_events (message_id);

    -- Edges as in libs/domain/message.ts; final states absorb.
    CREATE FUNCTION require_message_edge() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'ready>calling', 'ready>failed', 'ready>canceled', 'ready>sent', 'ready>delivered', 'ready>undelivered',
        'calling>ready', 'calling>unknown', 'calling>sent', 'calling>failed', 'calling>delivered', 'calling>undelivered',
        'unknown>ready', 'unknown>sent', 'unknown>failed', 'unknown>delivered', 'unknown>undelivered',
        'sent>delivered', 'sent>undelivered', 'sent>failed', 'sent>canceled', 'sent>unknown'
      ]) THEN
        RAISE EXCEPTION 'message % cannot move from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER edges BEFORE UPDATE OF state ON messages FOR EACH ROW EXECUTE FUNCTION require_message_edge();
  `);
}
