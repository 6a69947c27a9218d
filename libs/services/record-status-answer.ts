import type { StatusAnswer } from '#libs/domain';
import { type AskedActivation, clearUnusableAnswers, countUnusableAnswer, markFinished } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { rawContext, UNUSABLE_THRESHOLD } from './present-activation.ts';
import { publishActivation } from './publish-activation.ts';
import { recordCode, recordPushedCodes } from './record-code.ts';
import { cancelRental } from './release-rental.ts';

/** Writes what upstream said of a rental. Safe to repeat with the same or an older answer. */
export async function recordStatusAnswer({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { activation: AskedActivation; answer: StatusAnswer };
}): Promise<void> {
  const { activation, answer } = input;
  switch (answer.kind) {
    case 'code':
      await recordCode({ ctx, input: { activation, code: answer.code } });
      return clearUnusable(ctx, activation);
    case 'cancelled':
      return activation.state === 'received' ? finishRental(ctx, activation.id) : cancel(ctx, activation);
    case 'waiting':
      return clearUnusable(ctx, activation);
    case 'denied':
      return noteUnusable(ctx, activation, { raw: answer.raw, denied: true });
    case 'no_information':
      // Too many requests says nothing about the rental, and it is our own doing.
      return answer.throttled ? undefined : noteUnusable(ctx, activation, { raw: answer.raw, denied: false });
  }
}

/** A rental with a code has nothing left to pay or to give back. */
export async function finishRental(ctx: ServiceContext, id: number): Promise<void> {
  const row = await markFinished(ctx.db, id);
  if (!row) return;
  ctx.log.info({ event: 'activation.finished', activation_id: id, provider_id: row.providerId });
  await publishActivation(ctx, row);
}

/** Dies in between: a pushed code that was not recorded is asked about again, and this comes again. */
async function cancel(ctx: ServiceContext, activation: AskedActivation): Promise<void> {
  const ended = await cancelRental(ctx, activation.id, null);
  if (ended || activation.state === 'cancelled') await recordPushedCodes({ ctx, input: { activation } });
}

async function clearUnusable(ctx: ServiceContext, activation: AskedActivation): Promise<void> {
  if (activation.unusableAnswers === 0) return;
  const row = await clearUnusableAnswers(ctx.db, activation.id);
  if (row) await publishActivation(ctx, row);
}

/** No information is never a cancel and never a refund. */
async function noteUnusable(
  ctx: ServiceContext,
  activation: AskedActivation,
  { raw, denied }: { raw: string; denied: boolean },
): Promise<void> {
  const row = await countUnusableAnswer(ctx.db, {
    id: activation.id,
    raw: ctx.vault.encrypt(raw.slice(0, 200), rawContext(activation.id)),
    atLeast: denied ? UNUSABLE_THRESHOLD : 0,
    denied,
  });
  if (row && row.unusableAnswers === UNUSABLE_THRESHOLD) {
    ctx.log.warn({
      event: 'activation.unknown',
      activation_id: activation.id,
      provider_id: activation.providerId,
    });
  }
  if (row) await publishActivation(ctx, row);
}
