import type { ActivationReason } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { ACTIVATION_COLUMNS, type ActivationRow } from './activations.ts';

export interface CodeRow {
  id: bigint;
  activationId: number;
  /** Encrypted; context `activation_codes.code:<activation id>`. */
  code: Buffer | null;
  /** Encrypted; context `activation_codes.text:<activation id>`. */
  text: Buffer | null;
  late: boolean;
  receivedAt: Date;
}

/** Records a code once. False when this rental has it already. */
export async function insertCode(
  db: Queryable,
  code: { activationId: number; code: Buffer; codeHash: Buffer; text: Buffer | null; late: boolean },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO activation_codes (activation_id, code, code_hash, text, late) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [code.activationId, code.code, code.codeHash, code.text, code.late],
  );
  return rowCount === 1;
}

/** The codes of rentals, oldest first. */
export async function listCodes(db: Queryable, activationIds: number[]): Promise<CodeRow[]> {
  const { rows } = await db.query<CodeRow>(
    `SELECT id, activation_id AS "activationId", code, text, late, received_at AS "receivedAt"
     FROM activation_codes WHERE activation_id = ANY($1) ORDER BY id`,
    [activationIds],
  );
  return rows;
}

/** The row, locked until the transaction ends: a code, a cancel and an expiry take their turns. */
export async function lockActivation(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `SELECT ${ACTIVATION_COLUMNS} FROM activations WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** First code: `active` to `received`. A pending cancel is void, since it came too late. */
export async function markReceived(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'received', expecting_code = false, unusable_answers = 0, unusable_raw = NULL,
       command = CASE WHEN command = 'cancel' THEN NULL ELSE command END, command_next_at = NULL, version = version + 1
     WHERE id = $1 AND state = 'active' RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/** A further code of a rental that has one. */
export async function markFurtherCode(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET expecting_code = false, unusable_answers = 0, unusable_raw = NULL, version = version + 1
     WHERE id = $1 AND state IN ('received', 'finished') RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/** A code after the end: told to the partner, never charged. */
export async function markLateCode(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET late_code = true, version = version + 1
     WHERE id = $1 AND state IN ('cancelled', 'released', 'refused') RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/** Upstream confirmed the end without a code. The caller releases the hold in the same transaction. */
export async function markCancelled(
  db: Queryable,
  end: { id: number; reason: ActivationReason | null },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'cancelled', ended_at = now(), command = NULL, command_next_at = NULL,
       expecting_code = false, unusable_answers = 0, unusable_raw = NULL, version = version + 1,
       reason = coalesce($2, CASE WHEN now() >= expires_at - interval '5 seconds' THEN 'expired'
                                  WHEN cancel_requested_at IS NOT NULL THEN 'requested' ELSE 'upstream' END)
     WHERE id = $1 AND state = 'active' RETURNING ${ACTIVATION_COLUMNS}`,
    [end.id, end.reason],
  );
  return rows[0] ?? null;
}

export async function markFinished(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET state = 'finished', ended_at = now(), expecting_code = false, command = NULL,
       command_next_at = NULL, version = version + 1
     WHERE id = $1 AND state = 'received' RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/** Upstream said nothing usable, or `denied` the id. Returns the row with its new count. */
export async function countUnusableAnswer(
  db: Queryable,
  answer: { id: number; raw: Buffer; atLeast: number; denied: boolean },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET unusable_answers = greatest(unusable_answers + 1, $3), unusable_raw = $2,
       denied_at = CASE WHEN $4 THEN coalesce(denied_at, now()) ELSE denied_at END, version = version + 1
     WHERE id = $1 AND state IN ('active', 'received') RETURNING ${ACTIVATION_COLUMNS}`,
    [answer.id, answer.raw, answer.atLeast, answer.denied],
  );
  return rows[0] ?? null;
}

/** Upstream answers again. */
export async function clearUnusableAnswers(db: Queryable, id: number): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET unusable_answers = 0, unusable_raw = NULL, denied_at = NULL, version = version + 1
     WHERE id = $1 AND unusable_answers > 0 RETURNING ${ACTIVATION_COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

/** Ids of the rentals that are still to be asked about, a page of them. */
export async function listLive(db: Queryable, page: { afterId: number; limit: number }): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `SELECT id FROM activations WHERE state IN ('active', 'received') AND id > $1 ORDER BY id LIMIT $2`,
    [page.afterId, page.limit],
  );
  return rows.map(({ id }) => id);
}

/** Adds the whole text to a code that was known without it. True when it was missing. */
export async function setCodeText(
  db: Queryable,
  code: { activationId: number; codeHash: Buffer; text: Buffer },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE activation_codes SET text = $3 WHERE activation_id = $1 AND code_hash = $2 AND text IS NULL`,
    [code.activationId, code.codeHash, code.text],
  );
  return rowCount === 1;
}
