import type { MessageState } from '#libs/domain';
import type { Queryable } from '#libs/platform';

export interface HeardStatus {
  id: string;
  providerSid: string;
  providerStatus: string;
  rank: number;
  state: MessageState;
  providerErrorCode: string | null;
  error: string | null;
  errorMessage: string | null;
}

/**
 * Keeps the word as heard. False when there is no such message. Locks the row: of two words at once, each would hold
 * the share that its foreign key takes and wait for the other's to end before it could write the sid.
 */
export async function insertMessageEvent(db: Queryable, heard: HeardStatus): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO message_events (message_id, provider_sid, provider_status, provider_error_code)
     SELECT id, $2, $3, $4 FROM messages WHERE id = $1 FOR UPDATE`,
    [heard.id, heard.providerSid, heard.providerStatus, heard.providerErrorCode],
  );
  return rowCount === 1;
}

/** Moves a message forward by rank, never back, and never away from a final state. True when it moved. */
export async function advanceMessage(db: Queryable, heard: HeardStatus): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE messages SET state = $3, provider_sid = $2, provider_status = $4, provider_rank = $5, adopted = false,
       provider_error_code = coalesce($6, provider_error_code), error = $7, error_message = $8, updated_at = now()
     WHERE id = $1 AND (provider_sid IS NULL OR provider_sid = $2) AND provider_rank < $5
       AND state IN ('ready', 'calling', 'unknown', 'sent')`,
    [
      heard.id,
      heard.providerSid,
      heard.state,
      heard.providerStatus,
      heard.rank,
      heard.providerErrorCode,
      heard.error,
      heard.errorMessage,
    ],
  );
  return rowCount === 1;
}

/** What has been heard of a message, oldest first. */
export async function listMessageEvents(
  db: Queryable,
  messageId: string,
): Promise<{ providerStatus: string; providerErrorCode: string | null; heardAt: Date }[]> {
  const { rows } = await db.query<{
    providerStatus: string;
    providerErrorCode: string | null;
    heardAt: Date;
  }>(
    `SELECT provider_status AS "providerStatus", provider_error_code AS "providerErrorCode", heard_at AS "heardAt"
     FROM message_events WHERE message_id = $1 ORDER BY id LIMIT 100`,
    [messageId],
  );
  return rows;
}
