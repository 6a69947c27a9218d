import type { Knex } from 'knex';

/** Test users beside live ones, the provider that plays for them, and what keys tell of themselves. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TEST_USERS);
  await knex.raw(SCRIPTS);
  await knex.raw(KEYS);
}

/**
 * The provider row has a number far from those of real rows, and is disabled, so that nothing which looks for a row to
 * rent from finds it. Messages and rentals of test mode are told by `test` and by it.
 */
const TEST_USERS = `
  ALTER TABLE users ADD COLUMN test_of integer UNIQUE REFERENCES users (id) CHECK (test_of <> id);
  ALTER TABLE messages ADD COLUMN test boolean NOT NULL DEFAULT false;
  INSERT INTO providers (id, kind, name, api_url, credentials, callback_secret, disabled_at)
    VALUES (999999999, 'scripted', 'Test mode', '', '', gen_random_uuid()::text || gen_random_uuid()::text, now());
`;

/** What waits for its script to go on. */
const SCRIPTS = `
  CREATE INDEX messages_scripted ON messages (call_finished_at) WHERE test AND state IN ('sent', 'unknown');
  CREATE INDEX activations_scripted ON activations (ended_at)
    WHERE provider_id = 999999999 AND state = 'cancelled' AND NOT late_code;
`;

const KEYS = `
  ALTER TABLE api_keys
    ADD COLUMN rate_limit_per_second integer NOT NULL DEFAULT 0 CHECK (rate_limit_per_second >= 0),
    -- The end of the key's text, so that people recognise it. Null: made before this was kept.
    ADD COLUMN last_four text;
`;
