import { messageSubject, type ReplySender } from '#libs/cache';

/** After a commit: wakes whoever waits for one of these messages. Losing it costs a waiter half a second. */
export async function publishMessages({ replies }: { replies: ReplySender }, ids: string[]): Promise<void> {
  await replies.announce(...ids.map(messageSubject)).catch(() => undefined);
}
