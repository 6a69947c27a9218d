import type { Knex } from 'knex';

/** What is erased after thirty days is found in the order of its age, however much there is. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX activation_codes_with_content ON activation_codes (received_at)
      WHERE code IS NOT NULL OR text IS NOT NULL;
    CREATE INDEX provider_pushes_by_age ON provider_pushes (received_at);
  `);
}
