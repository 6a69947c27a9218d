import { activationSubject } from '#libs/cache';
import { isBeingBought, isFinalActivationState, PublicError } from '#libs/domain';
import { commandJob } from '#libs/jobs';
import { type ActivationRow, findActivation, listCodes, requestCancel } from '#libs/store';
import type { WaitingContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';
import { codeContext } from './present-activation.ts';
import { publishActivation } from './publish-activation.ts';
import { jsonReply } from './reply.ts';
import { waitUntil } from './wait-until.ts';

/** How long a caller waits for upstream's answer before 202. */
export const COMMAND_WAIT_MS = 10_000;

/**
 * Asks for the end of a rental without a code. One conditional UPDATE is the judge, and money moves only when
 * upstream confirms. 200 cancelled; 202 while upstream does not allow it yet or the number is still being bought.
 */
export async function cancelActivation({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: { partner: Partner; id: number };
}) {
  requireScope(input.partner, 'rent');
  const key = { id: input.id, userId: requireUser(input.partner) };
  const requested = await requestCancel(ctx.db, key);
  if (!requested) return refuseCancel(ctx, key);
  await publishActivation(ctx, requested);
  if (isBeingBought(requested.state)) return pendingReply(requested);
  if (requested.commandAnswer === null) {
    void ctx.jobs.enqueue(commandJob({ id: requested.id, command: 'cancel', epoch: requested.commandEpoch }));
  }
  const row = await waitUntil(ctx, {
    subject: activationSubject(key.id),
    timeoutMs: COMMAND_WAIT_MS,
    read: () => findActivation(ctx.db, key),
    settled: (activation) =>
      activation === null || activation.state !== 'active' || activation.commandAnswer !== null,
  });
  if (row?.state === 'active') return pendingReply(row);
  if (row?.state === 'cancelled')
    return jsonReply(200, { ok: true, activation_id: String(key.id), status: 'cancelled' });
  return refuseCancel(ctx, key);
}

function pendingReply(row: ActivationRow) {
  return jsonReply(202, {
    ok: true,
    activation_id: String(row.id),
    status: 'waiting',
    cancel_requested: true,
    earliest_cancel_at: row.earliestCancelAt?.toISOString() ?? null,
  });
}

async function refuseCancel(ctx: WaitingContext, key: { id: number; userId: number }): Promise<never> {
  const row = await findActivation(ctx.db, key);
  if (!row) throw new PublicError('activation_not_found');
  if (isFinalActivationState(row.state) && row.state !== 'finished')
    throw new PublicError('already_cancelled');
  const latest = (await listCodes(ctx.db, [row.id])).at(-1);
  const otp = latest?.code ? ctx.vault.decrypt(latest.code, codeContext(row.id)) : null;
  throw new PublicError('code_already_received', { details: { activation_id: String(row.id), otp } });
}
