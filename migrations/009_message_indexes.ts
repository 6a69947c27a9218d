import type { Knex } from 'knex';

/**
 * An index for each question that is asked of messages, and none besides: lists, sweeps and audits cost the same
 * however many rows there are. What a message's usual life does not touch is left out by a predicate.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Null until the provider has taken it: no entry for a row that waits.
    ALTER TABLE messages DROP CONSTRAINT messages_provider_sid_key;
    CREATE UNIQUE INDEX messages_by_sid ON messages (provider_sid) WHERE provider_sid IS NOT NULL;

    -- Each sweep its own, or looking for the few unknown would read all that wait.
    DROP INDEX messages_due, messages_unknown;
    CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state = 'ready';
    CREATE INDEX messages_expiring ON messages (valid_until) WHERE state = 'ready';
    CREATE INDEX messages_unknown ON messages (next_attempt_at) WHERE state = 'unknown';

    -- Newest first: an owner's, everybody's, and those that did not arrive.
    DROP INDEX messages_by_owner;
    CREATE INDEX messages_by_owner ON messages (owner, created_at, id);
    CREATE INDEX messages_by_age ON messages (created_at, id);
    CREATE INDEX messages_not_arrived ON messages (state, created_at, id)
      WHERE state IN ('failed', 'undelivered', 'canceled');

    -- Empty, unless a promise was broken.
    CREATE INDEX messages_called_twice ON messages (id) WHERE calls > epoch OR repeated_calls > 0;
  `);
}
