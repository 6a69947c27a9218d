import { type MessageState, type PublicMessageStatus, publicMessageStatus } from '#libs/domain';
import type { MessageRow } from '#libs/store';

/** A message as its owner sees it. The text is not repeated. */
export function presentMessage(row: MessageRow): Record<string, unknown> {
  return {
    id: row.id,
    status: publicMessageStatus(row.state),
    error: row.state === 'ready' || row.state === 'calling' ? null : row.error,
    error_code: row.providerErrorCode,
    error_message: row.state === 'ready' || row.state === 'calling' ? null : row.errorMessage,
    to: row.to,
    segments: row.segments,
    encoding: row.encoding,
    reference: row.reference,
    attempts: row.epoch,
    provider_id: row.providerSid,
    provider_status: row.providerStatus,
    send_at:
      row.nextAttemptAt > row.createdAt && row.state === 'ready' ? row.nextAttemptAt.toISOString() : null,
    valid_until: row.validUntil.toISOString(),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** The state that a partner knows under this word. */
export function messageStateOf(status: PublicMessageStatus): MessageState {
  if (status === 'queued') return 'ready';
  return status === 'sending' ? 'calling' : status;
}
