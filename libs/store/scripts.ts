import { type MessageState, TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';

/** A rental of test mode as far as its script needs it. All times by the database's clock. */
export interface ScriptedRental {
  service: string;
  /** Since the purchase. */
  seconds: number;
  /** How many codes it has. */
  codes: number;
  /** Since another code was asked for; null when none is awaited. */
  secondsSinceResend: number | null;
}

/** Null where no test rental has this reference. */
export async function findScriptedRental(db: Queryable, providerRef: string): Promise<ScriptedRental | null> {
  const { rows } = await db.query<ScriptedRental>(
    `SELECT service, extract(epoch FROM now() - purchased_at)::float8 AS seconds,
            (SELECT count(*)::integer FROM activation_codes c WHERE c.activation_id = a.id) AS codes,
            CASE WHEN state = 'received' AND expecting_code
                 THEN extract(epoch FROM now() - command_claimed_at)::float8 END AS "secondsSinceResend"
     FROM activations a WHERE provider_id = ${TEST_PROVIDER_ID} AND provider_ref = $1`,
    [providerRef],
  );
  return rows[0] ?? null;
}

/** When which recipient's last word comes, and in which state of the message: seconds after the call. */
export interface MessageScript {
  number: string;
  state: Extract<MessageState, 'sent' | 'unknown'>;
  seconds: number;
}

export interface ScriptedMessage {
  id: string;
  to: string;
  providerSid: string | null;
}

/** Messages of test keys whose last word is due; a number without a script has it `otherSeconds` after it was sent. */
export async function listDueScripts(
  db: Queryable,
  due: { scripts: readonly MessageScript[]; otherSeconds: number; limit: number },
): Promise<ScriptedMessage[]> {
  const { rows } = await db.query<ScriptedMessage>(
    `SELECT id, to_number AS "to", provider_sid AS "providerSid"
     FROM messages LEFT JOIN unnest($1::text[], $2::text[], $3::float8[]) AS script (number, state, seconds)
       ON number = to_number
     WHERE test AND messages.state IN ('sent', 'unknown') AND messages.state = coalesce(script.state, 'sent')
       AND call_finished_at < now() - make_interval(secs => coalesce(seconds, $4::float8))
     ORDER BY call_finished_at LIMIT $5`,
    [
      due.scripts.map(({ number }) => number),
      due.scripts.map(({ state }) => state),
      due.scripts.map(({ seconds }) => seconds),
      due.otherSeconds,
      due.limit,
    ],
  );
  return rows;
}

/** Test purchases whose answer was lost at least that long ago. */
export async function listSlowPurchases(
  db: Queryable,
  due: { services: readonly string[]; afterSeconds: number; limit: number },
): Promise<{ id: number; country: number }[]> {
  const { rows } = await db.query<{ id: number; country: number }>(
    `SELECT id, country FROM activations
     WHERE state = 'purchase_unknown' AND provider_id = ${TEST_PROVIDER_ID} AND service = ANY($1)
       AND call_started_at < now() - make_interval(secs => $2) LIMIT $3`,
    [due.services, due.afterSeconds, due.limit],
  );
  return rows;
}

/** Ended test rentals of these services for which a code comes that long after the purchase, within the hour. */
export async function listLateScripts(
  db: Queryable,
  due: { services: readonly string[]; afterSeconds: number; limit: number },
): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `SELECT id FROM activations
     WHERE state = 'cancelled' AND NOT late_code AND provider_id = ${TEST_PROVIDER_ID} AND service = ANY($1)
       AND ended_at > now() - interval '1 hour' AND purchased_at < now() - make_interval(secs => $2) LIMIT $3`,
    [due.services, due.afterSeconds, due.limit],
  );
  return rows.map(({ id }) => id);
}

/** Whether the user's latest rental of a service was refused for a new price: then that price is known. */
export async function knowsNewPrice(
  db: Queryable,
  key: { userId: number; service: string; country: number },
): Promise<boolean> {
  const { rows } = await db.query<{ reason: string | null }>(
    `SELECT reason FROM activations
     WHERE user_id = $1 AND service = $2 AND country = $3 AND provider_id = ${TEST_PROVIDER_ID}
     ORDER BY id DESC LIMIT 1`,
    [key.userId, key.service, key.country],
  );
  return rows[0]?.reason === 'price_changed';
}
