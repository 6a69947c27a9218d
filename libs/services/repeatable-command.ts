import { PublicError } from '#libs/domain';
import { forgetIdempotency, type IdempotencyClaim, insertIdempotency, keepReply } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { findRepeat, idempotencyClaim, type Repeatable, type Reply, rememberedReply } from './reply.ts';

export interface RepeatableCommandInput extends Repeatable {
  /** Name of the command: a key belongs to one. */
  route: string;
  /** Null: the command is about something else. */
  activationId: number | null;
}

/** Longer than any of these commands waits for its provider. */
const IN_FLIGHT_SECONDS = 30;

/**
 * Honours Idempotency-Key for commands that make no row and may be carried out twice (cancel, resend, finish).
 * Replies of `run` are remembered; an error frees the key. A claim without a reply is in flight (409), and after
 * 30 s that of a process that died: the command is then run anew. Throws 422 for another body.
 */
export async function repeatableCommand({
  ctx,
  input,
  run,
}: {
  ctx: ServiceContext;
  input: RepeatableCommandInput;
  run: () => Promise<Omit<Reply, 'replayed'>>;
}): Promise<Reply> {
  const claim = idempotencyClaim(input, input.route);
  if (!claim) return { ...(await run()), replayed: false };
  const remembered = await takeKey(ctx, claim, input.activationId);
  if (remembered) return remembered;
  try {
    const kept = await keepReply(ctx.db, claim, await run());
    return { ...kept, replayed: false };
  } catch (error) {
    await forgetIdempotency(ctx.db, claim).catch(() => undefined);
    throw error;
  }
}

/** Null when the command is to be run now. */
async function takeKey(
  ctx: ServiceContext,
  claim: IdempotencyClaim,
  activationId: number | null,
): Promise<Reply | null> {
  if ((await findRepeat(ctx, claim)) === null && (await insertIdempotency(ctx.db, claim, activationId))) {
    return null;
  }
  // Read again: another request may have taken the key in between.
  const record = await findRepeat(ctx, claim);
  const reply = record && rememberedReply(record);
  if (reply) return reply;
  if (record && record.ageSeconds >= IN_FLIGHT_SECONDS) return null;
  throw new PublicError('idempotency_in_flight', { retryAfterSeconds: 1 });
}
