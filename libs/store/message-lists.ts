import type { MessageState } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { MESSAGE_COLUMNS, type MessageRow } from './messages.ts';

/** Where a row stands in its owner's list. `at` is `created_at` with all its microseconds, which a Date has not. */
export interface MessagePosition {
  at: string;
  id: string;
}

export interface MessageListFilter {
  owner: string;
  limit: number;
  /** The row to go on after, towards older ones. */
  position: MessagePosition | null;
  reference: string | null;
  to: string | null;
  state: MessageState | null;
  createdFrom: Date | null;
  createdBefore: Date | null;
}

/** An owner's messages, newest first. */
export async function listMessages(
  db: Queryable,
  filter: MessageListFilter,
): Promise<(MessageRow & { position: string })[]> {
  const { rows } = await db.query<MessageRow & { position: string }>(
    `SELECT ${MESSAGE_COLUMNS}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
     FROM messages
     WHERE owner = $1
       AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
       AND ($5::text IS NULL OR reference = $5)
       AND ($6::text IS NULL OR to_number = $6)
       AND ($7::text IS NULL OR state = $7)
       AND ($8::timestamptz IS NULL OR created_at >= $8)
       AND ($9::timestamptz IS NULL OR created_at < $9)
     ORDER BY created_at DESC, id DESC LIMIT $2`,
    [
      filter.owner,
      filter.limit,
      filter.position?.at ?? null,
      filter.position?.id ?? null,
      filter.reference,
      filter.to,
      filter.state,
      filter.createdFrom,
      filter.createdBefore,
    ],
  );
  return rows;
}

/**
 * Ends a message that has not been handed to the provider: one conditional UPDATE is the judge, against the claim of a
 * worker and against expiry. Null when it is not there, or no longer `ready`.
 */
export async function cancelReadyMessage(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<MessageRow | null> {
  const { rows } = await db.query<MessageRow>(
    `UPDATE messages SET state = 'canceled', error = NULL, error_message = NULL, provider_error_code = NULL,
       updated_at = now()
     WHERE id = $1 AND owner = $2 AND state = 'ready' RETURNING ${MESSAGE_COLUMNS}`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}
