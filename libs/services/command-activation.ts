import { activationSubject } from '#libs/cache';
import { isFinalActivationState, PublicError } from '#libs/domain';
import { commandJob } from '#libs/jobs';
import { type ActivationRow, findActivation, requestCommand } from '#libs/store';
import { COMMAND_WAIT_MS } from './cancel-activation.ts';
import type { WaitingContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';
import { publicActivationStatus } from './present-activation.ts';
import { publishActivation } from './publish-activation.ts';
import { jsonReply } from './reply.ts';
import { waitUntil } from './wait-until.ts';

type Input = { partner: Partner; id: number };

/** Asks upstream for another code. From its consent on `status` is `waiting` until the new code arrives. */
export async function resendActivation({ ctx, input }: { ctx: WaitingContext; input: Input }) {
  const row = await command(ctx, input, 'resend');
  const accepted = row.commandAnswer === 'done';
  return jsonReply(accepted ? 200 : 202, {
    ok: true,
    activation_id: String(row.id),
    status: publicActivationStatus(row),
    ...(accepted ? {} : { resend_requested: true }),
  });
}

/** Ends a rental that has its code before its time is over. */
export async function finishActivation({ ctx, input }: { ctx: WaitingContext; input: Input }) {
  const row = await command(ctx, input, 'finish');
  const finished = row.state === 'finished';
  return jsonReply(finished ? 200 : 202, {
    ok: true,
    activation_id: String(row.id),
    status: 'received',
    finished,
    ...(finished ? {} : { finish_requested: true }),
  });
}

async function command(
  ctx: WaitingContext,
  input: Input,
  wanted: 'resend' | 'finish',
): Promise<ActivationRow> {
  requireScope(input.partner, 'rent');
  const key = { id: input.id, userId: requireUser(input.partner) };
  const requested = await requestCommand(ctx.db, { ...key, command: wanted });
  if (!requested) return refuse(ctx, key);
  await publishActivation(ctx, requested);
  void ctx.jobs.enqueue(commandJob({ id: requested.id, command: wanted, epoch: requested.commandEpoch }));
  const row = await waitUntil(ctx, {
    subject: activationSubject(key.id),
    timeoutMs: COMMAND_WAIT_MS,
    read: () => findActivation(ctx.db, key),
    settled: (activation) =>
      activation === null || activation.state !== 'received' || activation.commandAnswer !== null,
  });
  if (!row) throw new PublicError('activation_not_found');
  if (row.commandAnswer === 'refused') {
    throw new PublicError('already_finished', {
      message: 'The provider no longer allows that for this rental.',
    });
  }
  return row;
}

async function refuse(ctx: WaitingContext, key: { id: number; userId: number }): Promise<never> {
  const row = await findActivation(ctx.db, key);
  if (!row) throw new PublicError('activation_not_found');
  if (row.state === 'finished') throw new PublicError('already_finished');
  throw new PublicError(isFinalActivationState(row.state) ? 'already_cancelled' : 'code_not_received');
}
