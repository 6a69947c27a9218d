import { prepared, type Queryable } from '#libs/platform';
import type { IdempotencyClaim } from './idempotency.ts';

export interface NewMessage {
  id: string;
  owner: string;
  /** Of a test key: the scripted provider carries it. */
  test: boolean;
  apiKey: string;
  to: string;
  body: Buffer;
  encoding: string;
  segments: number;
  reference: string | null;
  callbackUrl: string | null;
  sendAt: Date | null;
  validitySeconds: number;
  /** The key to take with it, and the reply to keep under it when that is already known. */
  idempotency: (IdempotencyClaim & { reply: { status: number; body: string } | null }) | null;
}

/**
 * Inserts messages, each with its idempotency record where it has a key, in one statement and so in one commit.
 * Resolves with the ids of those that went in. Left out are messages whose key is taken (of two with one key the other
 * goes in), and all but those of test keys while the SMS provider is known to refuse.
 */
export async function insertMessages(db: Queryable, messages: readonly NewMessage[]): Promise<Set<string>> {
  const columns = [
    messages.map((message) => message.id),
    messages.map((message) => message.owner),
    messages.map((message) => message.apiKey),
    messages.map((message) => message.to),
    messages.map((message) => message.body),
    messages.map((message) => message.encoding),
    messages.map((message) => message.segments),
    messages.map((message) => message.reference),
    messages.map((message) => message.callbackUrl),
    messages.map((message) => message.sendAt),
    messages.map((message) => message.validitySeconds),
    messages.map((message) => message.idempotency?.scope ?? null),
    messages.map((message) => message.idempotency?.route ?? null),
    messages.map((message) => message.idempotency?.key ?? null),
    messages.map((message) => message.idempotency?.requestHash ?? null),
    messages.map((message) => message.idempotency?.reply?.status ?? null),
    messages.map((message) => message.idempotency?.reply?.body ?? null),
    messages.map((message) => message.test),
  ];
  const { rows } = await db.query<{ id: string }>(INSERT, columns);
  return new Set(rows.map((row) => row.id));
}

/** Keys are taken in one order by everybody, so that two statements with the same keys never wait for each other. */
const INSERT = prepared(`
  WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(
      $1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::integer[], $8::text[], $9::text[],
      $10::timestamptz[], $11::float8[], $12::text[], $13::text[], $14::text[], $15::bytea[], $16::integer[], $17::text[],
      $18::boolean[]
    ) AS message (id, owner, api_key, to_number, body, encoding, segments, reference, callback_url,
      send_at, validity_seconds, scope, route, key, request_hash, reply_status, reply_body, test)
    WHERE test OR NOT EXISTS (SELECT 1 FROM provider_health WHERE provider = 'twilio' AND refuses_until > now())
  ), claimed AS (
    INSERT INTO idempotency_keys (scope, route, key, request_hash, message_id, reply_status, reply_body)
    SELECT scope, route, key, request_hash, id, reply_status, reply_body FROM wanted WHERE key IS NOT NULL
    ORDER BY scope, route, key
    ON CONFLICT DO NOTHING RETURNING message_id
  )
  INSERT INTO messages (id, owner, api_key, to_number, body, encoding, segments, reference, callback_url,
                        test, next_attempt_at, valid_until)
  SELECT id, owner, api_key, to_number, body, encoding, segments, reference, callback_url, test,
         greatest(now(), send_at), greatest(now(), send_at) + make_interval(secs => validity_seconds)
  FROM wanted WHERE key IS NULL OR id IN (SELECT message_id FROM claimed)
  RETURNING id`);
