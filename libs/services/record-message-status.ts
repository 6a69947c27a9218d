import { messageStateOfProviderStatus, providerStatusRank } from '#libs/domain';
import { advanceMessage, freeAdoptedSid, insertMessageEvent } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { messageFailure } from './message-failure.ts';
import { publishMessages } from './publish-message.ts';

export interface MessageStatusInput {
  messageId: string;
  providerSid: string;
  providerStatus: string;
  providerErrorCode: string | null;
}

/**
 * Takes a verified status callback. They come doubled, in any order, late, or before the reply to the send; the word
 * is always kept, and the message only ever moves forward. `unknown_message` when it belongs to none.
 */
export async function recordMessageStatus({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: MessageStatusInput;
}): Promise<'moved' | 'kept' | 'unknown_message'> {
  const { messageId: id, providerSid, providerStatus, providerErrorCode } = input;
  const state = messageStateOfProviderStatus(providerStatus);
  const heard = {
    id,
    providerSid,
    providerStatus,
    rank: providerStatusRank(providerStatus),
    state: state ?? 'sent',
    ...messageFailure(state ?? 'sent', providerErrorCode),
  };
  const result = await ctx.db.transaction(async (tx) => {
    if (!(await insertMessageEvent(tx, heard))) return 'unknown_message' as const;
    if (state === null) return 'kept' as const;
    await freeAdoptedSid(tx, { id, providerSid });
    return (await advanceMessage(tx, heard)) ? ('moved' as const) : ('kept' as const);
  });
  ctx.log.info({
    event: 'message.status',
    message_id: id,
    provider_status: providerStatus,
    error_code: providerErrorCode,
    result,
  });
  if (result === 'moved') await publishMessages(ctx, [id]);
  return result;
}
