import { PublicError } from '#libs/domain';
import { findMessage, listMessageEvents } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { messageTimeline } from './message-timeline.ts';
import { type Partner, requireScope } from './partner.ts';
import { presentMessage } from './present-message.ts';

/** One message of the partner's, with every word the provider said about it and the states it went through. */
export async function getMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { partner: Partner; id: string };
}): Promise<Record<string, unknown>> {
  requireScope(input.partner, 'read');
  const row = await findMessage(ctx.db, { id: input.id, owner: input.partner.owner });
  if (!row) throw new PublicError('message_not_found');
  const events = await listMessageEvents(ctx.db, row.id);
  return {
    ...presentMessage(row),
    events: events.map((event) => ({
      provider_status: event.providerStatus,
      error_code: event.providerErrorCode,
      heard_at: event.heardAt.toISOString(),
    })),
    timeline: messageTimeline(row, events),
  };
}
