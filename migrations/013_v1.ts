import type { Knex } from 'knex';

/** What the lists and figures of /v1 read. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(INDEXES);
  await knex.raw(DELIVERY);
  await knex.raw(KEYS);
}

/** Rows without a reference cost nothing. */
const INDEXES = `
  CREATE INDEX messages_by_reference ON messages (owner, reference, created_at, id) WHERE reference IS NOT NULL;
  CREATE INDEX activations_by_client_ref ON activations (user_id, client_ref, id) WHERE client_ref IS NOT NULL;
  CREATE INDEX activations_by_user_time ON activations (user_id, created_at);
  CREATE INDEX activations_by_purchase ON activations (purchased_at) WHERE purchased_at IS NOT NULL;
`;

const DELIVERY = `
  -- How rentals of the last days went, by service and country; the background measures it anew every few minutes.
  CREATE TABLE delivery_stats (
    service      text NOT NULL,
    country      integer NOT NULL,
    sample       integer NOT NULL,
    with_code    integer NOT NULL,
    p50_seconds  float8,
    p90_seconds  float8,
    PRIMARY KEY (service, country)
  );
  -- When something was last measured; whoever moves this on does the work.
  CREATE TABLE measurements (
    name         text PRIMARY KEY,
    measured_at  timestamptz
  );
  INSERT INTO measurements (name) VALUES ('delivery');
`;

const KEYS = `
  -- A key is replaced once: of two rotations at the same time one finds this taken.
  ALTER TABLE api_keys ADD COLUMN replaced_by text REFERENCES api_keys (id);
`;
