import type { ActivationReason, ActivationState, MessageState, Micros } from '#libs/domain';
import type { Queryable } from '#libs/platform';

/** What operators look at: every partner's rows, but never a text or a code. Callers mask the phone numbers. */
export interface MessageView {
  id: string;
  owner: string;
  /** Of a test key: nothing was sent. */
  test: boolean;
  apiKey: string;
  to: string;
  state: MessageState;
  epoch: number;
  encoding: string;
  segments: number;
  reference: string | null;
  error: string | null;
  errorMessage: string | null;
  providerErrorCode: string | null;
  providerSid: string | null;
  adopted: boolean;
  createdAt: Date;
  nextAttemptAt: Date;
  callStartedAt: Date | null;
  callFinishedAt: Date | null;
  validUntil: Date;
  updatedAt: Date;
}

const MESSAGE = `id, owner, test, api_key AS "apiKey", to_number AS "to", state, epoch, encoding, segments, reference, error,
  error_message AS "errorMessage", provider_error_code AS "providerErrorCode", provider_sid AS "providerSid", adopted,
  created_at AS "createdAt", next_attempt_at AS "nextAttemptAt", call_started_at AS "callStartedAt",
  call_finished_at AS "callFinishedAt", valid_until AS "validUntil", updated_at AS "updatedAt"`;

/** A page of a list: the newest rows, or those before a moment or id that was shown. */
export interface ListFilter<Cursor> {
  state: string | null;
  before: Cursor | null;
  limit: number;
}

/** In a state that most messages are in, or none: how many of the newest are looked at for it. */
const LOOKED_AT = 50_000;

/** `before` is the id of a message. Of those sent or delivered, the ones among the newest 50 000 before it. */
export async function viewMessages(
  db: Queryable,
  { state, before, limit }: ListFilter<string>,
): Promise<MessageView[]> {
  // A row of two, since many messages share a moment. Each question has a text, and so a plan, of its own.
  const older =
    before === null ? 'true' : '(created_at, id) < (SELECT created_at, id FROM messages WHERE id = $1)';
  const newest = 'ORDER BY created_at DESC, id DESC';
  const usual = state === 'sent' || state === 'delivered';
  const from = usual
    ? `(SELECT * FROM messages WHERE ${older} ${newest} LIMIT ${LOOKED_AT}) AS looked WHERE true`
    : `messages WHERE ${older}`;
  const values = [before, state, limit].filter((value) => value !== null);
  const { rows } = await db.query<MessageView>(
    `SELECT ${MESSAGE} FROM ${from} ${state === null ? '' : `AND state = $${values.length - 1}`}
     ${newest} LIMIT $${values.length}`,
    values,
  );
  return rows;
}

export async function viewMessage(db: Queryable, id: string): Promise<MessageView | null> {
  const { rows } = await db.query<MessageView>(`SELECT ${MESSAGE} FROM messages WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export interface MessageEvent {
  providerStatus: string;
  providerErrorCode: string | null;
  heardAt: Date;
}

/** What the provider said about a message, in the order heard. */
export async function viewMessageEvents(db: Queryable, messageId: string): Promise<MessageEvent[]> {
  const { rows } = await db.query<MessageEvent>(
    `SELECT provider_status AS "providerStatus", provider_error_code AS "providerErrorCode", heard_at AS "heardAt"
     FROM message_events WHERE message_id = $1 ORDER BY id`,
    [messageId],
  );
  return rows;
}

export interface ActivationView {
  id: number;
  userId: number;
  userName: string;
  /** Of a test key: nothing was rented. */
  test: boolean;
  providerId: number;
  providerRef: string | null;
  service: string;
  country: number;
  phone: string | null;
  state: ActivationState;
  reason: ActivationReason | null;
  reasonMessage: string | null;
  priceMicros: Micros;
  costMicros: Micros | null;
  clientRef: string | null;
  codes: number;
  createdAt: Date;
  callStartedAt: Date | null;
  purchasedAt: Date | null;
  expiresAt: Date | null;
  cancelRequestedAt: Date | null;
  endedAt: Date | null;
}

const ACTIVATION = `a.id, a.user_id AS "userId", u.name AS "userName", u.test_of IS NOT NULL AS test, a.provider_id AS "providerId",
  a.provider_ref AS "providerRef", a.service, a.country, a.phone, a.state, a.reason,
  a.reason_message AS "reasonMessage", a.price_micros AS "priceMicros", a.cost_micros AS "costMicros",
  a.client_ref AS "clientRef",
  (SELECT count(*)::integer FROM activation_codes c WHERE c.activation_id = a.id) AS codes,
  a.created_at AS "createdAt", a.call_started_at AS "callStartedAt", a.purchased_at AS "purchasedAt",
  a.expires_at AS "expiresAt", a.cancel_requested_at AS "cancelRequestedAt", a.ended_at AS "endedAt"
  FROM activations a JOIN users u ON u.id = a.user_id`;

export async function viewActivations(db: Queryable, filter: ListFilter<number>): Promise<ActivationView[]> {
  const { rows } = await db.query<ActivationView>(
    `SELECT ${ACTIVATION}
     WHERE ($1::text IS NULL OR a.state = $1) AND ($2::integer IS NULL OR a.id < $2)
     ORDER BY a.id DESC LIMIT $3`,
    [filter.state, filter.before, filter.limit],
  );
  return rows;
}

export async function viewActivation(db: Queryable, id: number): Promise<ActivationView | null> {
  const { rows } = await db.query<ActivationView>(`SELECT ${ACTIVATION} WHERE a.id = $1`, [id]);
  return rows[0] ?? null;
}

export interface ActivationStory {
  /** When codes came; never the codes. */
  codes: { receivedAt: Date; late: boolean }[];
  money: { kind: string; amountMicros: Micros; reason: string; createdAt: Date }[];
}

export async function viewActivationStory(db: Queryable, id: number): Promise<ActivationStory> {
  const codes = await db.query<ActivationStory['codes'][number]>(
    `SELECT received_at AS "receivedAt", late FROM activation_codes WHERE activation_id = $1 ORDER BY id`,
    [id],
  );
  const money = await db.query<ActivationStory['money'][number]>(
    `SELECT kind, amount_micros AS "amountMicros", reason, created_at AS "createdAt"
     FROM ledger_transactions WHERE activation_id = $1 ORDER BY id`,
    [id],
  );
  return { codes: codes.rows, money: money.rows };
}
