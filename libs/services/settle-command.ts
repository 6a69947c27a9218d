import { backoffMs, type CommandAnswer, type StatusAnswer } from '#libs/domain';
import { commandJob } from '#libs/jobs';
import { type ActivationRow, type CommandKey, dropCommand, postponeCommand, settleResend } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { finishRental, recordStatusAnswer } from './record-status-answer.ts';
import { cancelRental } from './release-rental.ts';

export interface SettleCommandInput {
  activation: ActivationRow;
  key: CommandKey;
  answer: CommandAnswer;
  /** Asked after a refusal: the transition was not allowed, so what is the rental's state? */
  askStatus: () => Promise<StatusAnswer>;
}

const AFTER_EARLIEST_MS = 1_000;
const DENIED_RETRY_MS = 30_000;

/**
 * Writes upstream's answer to a cancel, resend or finish. Only a confirmed cancel moves money; whatever is not final
 * comes again as the next epoch. Dies before the commit: the command is asked once more, which upstream allows.
 */
export async function settleCommand({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SettleCommandInput;
}): Promise<void> {
  const { activation, key, answer } = input;
  ctx.log.info({
    event: 'activation.command',
    activation_id: key.id,
    command: key.command,
    epoch: key.epoch,
    answer: answer.kind,
  });
  switch (answer.kind) {
    case 'done':
      return settleDone(ctx, key);
    case 'too_early':
      return postponeUntilAllowed(ctx, activation, key);
    case 'refused':
      return settleRefused(ctx, input);
    case 'denied':
      await recordStatusAnswer({ ctx, input: { activation, answer } });
      return key.command === 'finish'
        ? finishRental(ctx, key.id)
        : postpone(ctx, key, 'denied', DENIED_RETRY_MS);
    case 'no_information':
      return postpone(ctx, key, null, backoffMs(3, { baseMs: 1_000, mostMs: 5_000 }));
  }
}

async function settleDone(ctx: ServiceContext, key: CommandKey): Promise<void> {
  if (key.command === 'finish') return finishRental(ctx, key.id);
  if (key.command === 'cancel') {
    await cancelRental(ctx, key.id, null);
    return;
  }
  const row = await settleResend(ctx.db, key);
  if (row) await publishActivation(ctx, row);
}

async function postponeUntilAllowed(
  ctx: ServiceContext,
  activation: ActivationRow,
  key: CommandKey,
): Promise<void> {
  const earliest = activation.earliestCancelAt;
  const notBefore = earliest && new Date(earliest.getTime() + AFTER_EARLIEST_MS);
  await postpone(ctx, key, 'too_early', 3_000, notBefore);
}

/** "Not allowed now": a code may have come in between, or the rental has ended. The status decides. */
async function settleRefused(
  ctx: ServiceContext,
  { activation, key, askStatus }: SettleCommandInput,
): Promise<void> {
  if (key.command === 'finish') return finishRental(ctx, key.id);
  const answer = await askStatus();
  await recordStatusAnswer({ ctx, input: { activation, answer } });
  if (key.command === 'resend') {
    const row = await dropCommand(ctx.db, key, 'refused');
    if (row) await publishActivation(ctx, row);
    return;
  }
  // A recorded code or end has taken the command off the row; otherwise it is asked again.
  await postpone(ctx, key, answer.kind === 'waiting' ? 'refused' : null, 10_000);
}

async function postpone(
  ctx: ServiceContext,
  key: CommandKey,
  answer: string | null,
  delayMs: number,
  notBefore: Date | null = null,
): Promise<void> {
  const row = await postponeCommand(ctx.db, key, { answer, delayMs, notBefore });
  if (!row) return;
  await publishActivation(ctx, row);
  const until = Math.max(delayMs, notBefore ? notBefore.getTime() - row.readAt.getTime() : 0);
  void ctx.jobs.enqueue(commandJob({ ...key, epoch: row.commandEpoch }, until));
}
