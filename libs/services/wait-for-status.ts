import { activationSubject } from '#libs/cache';
import type { WaitingContext } from './context.ts';
import type { Partner } from './partner.ts';
import { readStatus, readStatuses } from './read-status.ts';
import { waitUntil } from './wait-until.ts';

/** Each holds a connection and asks again now and then, so beyond this a process waits for nobody. */
const MOST_WAITING = 2_000;
/** An announcement may be lost with Redis. */
const REREAD_MS = 1_000;

/**
 * The reply to `status` as JSON text once it is no longer `waiting`, else as it is when the time is over. Asked from
 * the cache while that has it.
 */
export async function waitForStatus({
  ctx,
  input: { partner, id, seconds },
}: {
  ctx: WaitingContext;
  input: { partner: Partner; id: number; seconds: number };
}): Promise<string> {
  const first = await readStatus({ ctx, input: { partner, id } });
  if (seconds === 0 || !isWaiting(first) || ctx.receiver.waiting() >= MOST_WAITING) return first;
  return waitUntil(ctx, {
    subject: activationSubject(id),
    timeoutMs: seconds * 1_000,
    rereadMs: REREAD_MS,
    read: async () => (await readStatuses({ ctx, input: { partner, ids: [id] } }))[0] ?? first,
    settled: (reply) => !isWaiting(reply),
  });
}

/** Whether a reply to `status` says `waiting`. */
export function isWaiting(reply: string): boolean {
  return (JSON.parse(reply) as { status?: unknown }).status === 'waiting';
}
