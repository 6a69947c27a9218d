import type { Knex } from 'knex';

/** Up to where each owner's feed was forgotten, so that a reader whose place lies before it is told. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE event_erasures (
      owner     text PRIMARY KEY,
      position  bigint NOT NULL,
      id        bigint NOT NULL
    );
  `);
}
