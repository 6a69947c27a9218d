import type { ActivationCommand, ActivationReason, ActivationState, Micros } from '#libs/domain';
import { prepared, type Queryable } from '#libs/platform';

export interface ActivationRow {
  id: number;
  userId: number;
  providerId: number;
  providerRef: string | null;
  service: string;
  country: number;
  priceMicros: Micros;
  maxCostMicros: Micros;
  costMicros: Micros | null;
  phone: string | null;
  state: ActivationState;
  reason: ActivationReason | null;
  reasonMessage: string | null;
  currentPriceMicros: Micros | null;
  clientRef: string | null;
  version: number;
  epoch: number;
  claim: string | null;
  buyOver: boolean;
  purchasedAt: Date | null;
  expiresAt: Date | null;
  earliestCancelAt: Date | null;
  expectingCode: boolean;
  lateCode: boolean;
  unusableAnswers: number;
  /** Encrypted; context `activations.unusable_raw:<id>`. */
  unusableRaw: Buffer | null;
  cancelRequestedAt: Date | null;
  command: ActivationCommand | null;
  commandEpoch: number;
  commandAnswer: string | null;
  createdAt: Date;
  endedAt: Date | null;
  /** The database's clock at that moment: what compares with the times above. */
  readAt: Date;
}

export const ACTIVATION_COLUMNS = `id, user_id AS "userId", provider_id AS "providerId", provider_ref AS "providerRef",
  service, country, price_micros AS "priceMicros", max_cost_micros AS "maxCostMicros", cost_micros AS "costMicros", phone,
  state, reason, reason_message AS "reasonMessage", current_price_micros AS "currentPriceMicros",
  client_ref AS "clientRef", version, epoch, claim, buy_until <= now() AS "buyOver", purchased_at AS "purchasedAt",
  expires_at AS "expiresAt", earliest_cancel_at AS "earliestCancelAt", expecting_code AS "expectingCode",
  late_code AS "lateCode", unusable_answers AS "unusableAnswers", unusable_raw AS "unusableRaw",
  cancel_requested_at AS "cancelRequestedAt", command, command_epoch AS "commandEpoch",
  command_answer AS "commandAnswer", created_at AS "createdAt", ended_at AS "endedAt", now() AS "readAt"`;

/** A rental of its wallet user; another's is not there. */
export async function findActivation(
  db: Queryable,
  key: { id: number; userId: number },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(FIND, [key.id, key.userId]);
  return rows[0] ?? null;
}

const FIND = prepared(`SELECT ${ACTIVATION_COLUMNS} FROM activations WHERE id = $1 AND user_id = $2`);

/** As findActivation, for several users at once: a row or null for each key, in their order. */
export async function findEachActivation(
  db: Queryable,
  keys: readonly { id: number; userId: number }[],
): Promise<(ActivationRow | null)[]> {
  const { rows } = await db.query<ActivationRow>(FIND_EACH, [keys.map(({ id }) => id)]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return keys.map(({ id, userId }) => {
    const row = byId.get(id);
    return row?.userId === userId ? row : null;
  });
}

const FIND_EACH = prepared(`SELECT ${ACTIVATION_COLUMNS} FROM activations WHERE id = ANY($1::integer[])`);

export async function findActivations(
  db: Queryable,
  key: { ids: number[]; userId: number },
): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>(
    `SELECT ${ACTIVATION_COLUMNS} FROM activations WHERE id = ANY($1) AND user_id = $2`,
    [key.ids, key.userId],
  );
  return rows;
}

/** Ids of a user's rentals that have a number and are not over, newest first. */
export async function listLiveActivationIds(
  db: Queryable,
  page: { userId: number; offset: number; limit: number },
): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `SELECT id FROM activations WHERE user_id = $1 AND state IN ('active', 'received')
     ORDER BY id DESC OFFSET $2 LIMIT $3`,
    [page.userId, page.offset, page.limit],
  );
  return rows.map(({ id }) => id);
}

/** For the background, which acts for every user. Never behind a partner's request. */
export async function loadActivations(db: Queryable, ids: number[]): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>(
    `SELECT ${ACTIVATION_COLUMNS} FROM activations WHERE id = ANY($1)`,
    [ids],
  );
  return rows;
}

/** What it takes to ask upstream about a rental and to hear the answer. */
export type AskedActivation = Pick<
  ActivationRow,
  | 'id'
  | 'providerId'
  | 'providerRef'
  | 'state'
  | 'purchasedAt'
  | 'expiresAt'
  | 'expectingCode'
  | 'unusableAnswers'
  | 'readAt'
>;

/** As loadActivations, with the nine columns that a question needs instead of all. */
export async function loadAsked(db: Queryable, ids: number[]): Promise<AskedActivation[]> {
  const { rows } = await db.query<AskedActivation>(
    `SELECT id, provider_id AS "providerId", provider_ref AS "providerRef", state, purchased_at AS "purchasedAt",
            expires_at AS "expiresAt", expecting_code AS "expectingCode", unusable_answers AS "unusableAnswers",
            now() AS "readAt"
     FROM activations WHERE id = ANY($1)`,
    [ids],
  );
  return rows;
}

/** The rental behind a provider's own id, for the background. */
export async function findActivationByRef(
  db: Queryable,
  key: { providerId: number; providerRef: string },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `SELECT ${ACTIVATION_COLUMNS} FROM activations WHERE provider_id = $1 AND provider_ref = $2`,
    [key.providerId, key.providerRef],
  );
  return rows[0] ?? null;
}
