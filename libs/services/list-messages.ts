import type { PublicMessageStatus } from '#libs/domain';
import { listMessages as list, type MessageListFilter, type MessagePosition } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';
import { messageStateOf, presentMessage } from './present-message.ts';

export interface ListMessagesInput extends Omit<MessageListFilter, 'owner' | 'state'> {
  partner: Partner;
  status: PublicMessageStatus | null;
}

/** One page of a partner's messages, newest first. `next`: the row to go on after, null on the last page. */
export async function listMessages({
  ctx,
  input: { partner, status, ...filter },
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: ListMessagesInput;
}): Promise<{ messages: Record<string, unknown>[]; next: MessagePosition | null }> {
  requireScope(partner, 'read');
  const rows = await list(ctx.db, {
    ...filter,
    owner: partner.owner,
    state: status && messageStateOf(status),
    limit: filter.limit + 1,
  });
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  return { messages: page.map(presentMessage), next: last ? { at: last.position, id: last.id } : null };
}
