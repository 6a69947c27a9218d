import type { MessageState } from '#libs/domain';
import { prepared, type Queryable } from '#libs/platform';

export interface MessageRow {
  id: string;
  owner: string;
  test: boolean;
  to: string;
  /** Encrypted; context `messages.body:<id>`. Null once erased. */
  body: Buffer | null;
  encoding: string;
  segments: number;
  reference: string | null;
  state: MessageState;
  epoch: number;
  claim: string | null;
  nextAttemptAt: Date;
  validUntil: Date;
  secondsValid: number;
  callStartedAt: Date | null;
  callFinishedAt: Date | null;
  lookups: number;
  lookOver: boolean;
  providerSid: string | null;
  providerStatus: string | null;
  error: string | null;
  providerErrorCode: string | null;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
  /** The database's clock at that moment: what compares with the times above. */
  readAt: Date;
}

/** All that a call to the provider needs. */
export interface ClaimedMessage
  extends Pick<MessageRow, 'id' | 'test' | 'epoch' | 'to' | 'body' | 'secondsValid'> {
  claim: string;
}

export const MESSAGE_COLUMNS = `id, owner, test, to_number AS "to", body, encoding, segments, reference, state, epoch, claim,
  next_attempt_at AS "nextAttemptAt", valid_until AS "validUntil",
  floor(extract(epoch FROM valid_until - now()))::integer AS "secondsValid",
  call_started_at AS "callStartedAt", call_finished_at AS "callFinishedAt", lookups,
  coalesce(look_until <= now(), false) AS "lookOver", provider_sid AS "providerSid",
  provider_status AS "providerStatus", error, provider_error_code AS "providerErrorCode",
  error_message AS "errorMessage", created_at AS "createdAt", updated_at AS "updatedAt",
  now() AS "readAt"`;

/** A message of its owner; another's is not there. */
export async function findMessage(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<MessageRow | null> {
  const { rows } = await db.query<MessageRow>(
    `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE id = $1 AND owner = $2`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}

export async function findMessages(
  db: Queryable,
  key: { ids: string[]; owner: string },
): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE id = ANY($1::uuid[]) AND owner = $2`,
    [key.ids, key.owner],
  );
  return rows;
}

/**
 * Those of the claims that hold: their rows go from `ready` to `calling`, committed before the first byte leaves. Each
 * row tells by `claim` whose it is. Left out: already claimed (of twins all but one), another epoch, not due, no longer
 * valid, and all but those of test keys while the SMS provider is known to refuse. One second of tolerance, since queue and database
 * have two clocks. Counts the calls, so that the audit sees an epoch that was called twice.
 */
export async function claimMessages(
  db: Queryable,
  claims: readonly { id: string; epoch: number; claim: string }[],
): Promise<ClaimedMessage[]> {
  const columns = [
    claims.map((wanted) => wanted.id),
    claims.map((wanted) => wanted.epoch),
    claims.map((wanted) => wanted.claim),
  ];
  const { rows } = await db.query<ClaimedMessage>(CLAIM, columns);
  return rows;
}

/**
 * Rows are locked in one order by everybody, so that two batches never wait for each other. Each is fetched by its id and
 * then looked at: left to itself the planner may walk over all that is due, which in a long queue takes seconds. Planning
 * it costs the database as much as claiming a dozen rows, so it is planned once.
 */
const CLAIM = prepared(`
  WITH held AS MATERIALIZED (
    SELECT wanted.id AS held_id, wanted.claim AS new_claim
    FROM (SELECT * FROM unnest($1::uuid[], $2::integer[], $3::uuid[]) AS wanted (id, epoch, claim) ORDER BY id) AS wanted
    CROSS JOIN LATERAL (SELECT * FROM messages WHERE messages.id = wanted.id LIMIT 1 FOR UPDATE) AS found
    WHERE found.epoch = wanted.epoch AND state = 'ready'
      AND next_attempt_at <= now() + interval '1 second' AND valid_until > now()
      AND (test OR NOT EXISTS (SELECT 1 FROM provider_health WHERE provider = 'twilio' AND refuses_until > now()))
  )
  UPDATE messages SET state = 'calling', claim = new_claim, call_started_at = now(), call_finished_at = NULL,
    updated_at = now(), calls = calls + 1, repeated_calls = repeated_calls + (called_epoch = epoch)::integer,
    called_epoch = epoch
  FROM held WHERE id = held_id
  RETURNING id, test, epoch, claim, to_number AS "to", body,
    floor(extract(epoch FROM valid_until - now()))::integer AS "secondsValid"`);

/** Whether a message is one of a test key; false too where there is none. */
export async function isTestMessage(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT 1 FROM messages WHERE id = $1 AND test', [id]);
  return rowCount === 1;
}

/** The provider refuses everything at present: the row waits, as the next epoch, and nothing was called. */
export async function postponeMessage(
  db: Queryable,
  key: { id: string; epoch: number; seconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET epoch = epoch + 1, next_attempt_at = now() + make_interval(secs => $3), nudged_at = now()
     WHERE id = $1 AND epoch = $2 AND state = 'ready' AND NOT test`,
    [key.id, key.epoch, key.seconds],
  );
  return rowCount === 1;
}
