import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A key belongs to the row its first request made; the reply is kept to be repeated byte for byte.
    CREATE TABLE idempotency_keys (
      scope          text NOT NULL,
      route          text NOT NULL,
      key            text NOT NULL,
      request_hash   bytea NOT NULL,
      message_id     uuid,
      activation_id  integer,
      reply_status   integer,
      reply_body     text,
      created_at     timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (scope, route, key)
    );
    CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
  `);
}
