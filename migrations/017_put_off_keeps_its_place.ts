import type { Knex } from 'knex';

/**
 * Deliveries that a worker put off keep the places of their endpoint, so every look for due ones counts them. Among
 * all that wait they were found only where they came first: retries of a dead endpoint stood before them, and what the
 * look then took for free places sent its whole backlog through the queue to be put off.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX webhook_deliveries_put_off ON webhook_deliveries (lane, next_attempt_at)
    WHERE state = 'ready' AND nudged_at = '-infinity' AND endpoint_id IS NOT NULL
  `);
}
