import { messageSubject } from '#libs/cache';
import type { ServiceContext } from './context.ts';

/** After a commit: wakes whoever waits for this message. Losing it costs a waiter half a second. */
export async function publishMessage(ctx: ServiceContext, id: string): Promise<void> {
  await ctx.replies.announce(messageSubject(id)).catch(() => undefined);
}
