import { PublicError, publicMessageStatus } from '#libs/domain';
import { cancelReadyMessage, findMessage } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';
import { presentMessage } from './present-message.ts';
import { publishMessages } from './publish-message.ts';

/**
 * Takes a message back before it is handed to the provider, scheduled or queued; again for one that is canceled. Throws
 * `message_not_cancelable` with the state that was sooner. Dies after the commit: it is canceled, and says so when asked.
 */
export async function cancelMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { partner: Partner; id: string };
}): Promise<Record<string, unknown>> {
  requireScope(input.partner, 'send');
  const key = { id: input.id, owner: input.partner.owner };
  const canceled = await cancelReadyMessage(ctx.db, key);
  if (canceled) await publishMessages(ctx, [canceled.id]);
  const row = canceled ?? (await findMessage(ctx.db, key));
  if (!row) throw new PublicError('message_not_found');
  if (row.state === 'canceled') return presentMessage(row);
  const state = publicMessageStatus(row.state);
  throw new PublicError('message_not_cancelable', {
    message: `The message is ${state} and can no longer be canceled.`,
    details: { id: row.id, message_status: state },
  });
}
