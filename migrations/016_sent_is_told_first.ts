import type { Knex } from 'knex';

/**
 * A callback that tells the outcome can overtake the reply to the send. Such a message was never told as sent, so it
 * is told as both: a partner may listen to `message.sent` alone. `told_sent` says that it was, before it was doubted.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE OR REPLACE FUNCTION tell_of_messages() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM new_rows WHERE state IN ('sent', 'delivered', 'undelivered', 'failed', 'canceled')) THEN
        RETURN NULL;
      END IF;
      WITH moved AS MATERIALIZED (
        SELECT ${NEXT_ID} AS event_id, owner, 'message.sent' AS type, id AS subject, callback_url
        FROM new_rows
        WHERE state IN ('delivered', 'undelivered') AND NOT told_sent
          AND id NOT IN (SELECT id FROM old_rows WHERE state IN ('sent', 'delivered', 'undelivered'))
        UNION ALL
        SELECT ${NEXT_ID}, owner, 'message.' || state, id, callback_url
        FROM new_rows
        WHERE state IN ('sent', 'delivered', 'undelivered', 'failed', 'canceled')
          AND NOT (state = 'sent' AND told_sent) AND (id, state) NOT IN (SELECT id, state FROM old_rows)
      ), told AS (
        INSERT INTO events (owner, position, id, type, message_id)
        SELECT owner, (SELECT event_position()), event_id, type, subject FROM moved
      )
      INSERT INTO webhook_deliveries (event_id, owner, event_type, message_id, url, endpoint_id, lane)
      SELECT event_id, owner, type, subject, callback_url, NULL, owner FROM moved WHERE callback_url IS NOT NULL
      UNION ALL
      SELECT event_id, moved.owner, type, subject, url, hook.id, hook.id::text
      FROM moved JOIN webhook_endpoints hook ON hook.owner = moved.owner AND hook.disabled_at IS NULL
        AND (hook.event_types IS NULL OR type = ANY (hook.event_types));
      RETURN NULL;
    END $$;
  `);
}

const NEXT_ID = `nextval(pg_get_serial_sequence('events', 'id'))`;
