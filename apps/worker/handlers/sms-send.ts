import { randomUUID } from 'node:crypto';
import { type AcceptedMessage, maskPhone, type Outcome } from '#libs/domain';
import { smsSendJob } from '#libs/jobs';
import { persistently, SMS_PROVIDER, settleMessage, statusCallbackUrl } from '#libs/services';
import { type ClaimedMessage, findRefusal, isTestMessage, postponeMessage } from '#libs/store';
import type { JobHandler, WorkerDeps } from '../deps.ts';
import { isStale, TOO_LATE } from '../stale-claim.ts';

/**
 * Claims one message, calls the provider once, writes what came of it.
 * Dies before the claim: the sweep nudges again. After it: the row is `calling`, becomes `unknown`, and is looked for
 * at the provider before anything is sent again.
 */
export const smsSend: JobHandler = async (deps, { id, epoch }) => {
  const { ctx } = deps;
  if (!deps.sms && !(await isTestMessage(ctx.db, id))) return;
  const held = { id, epoch, claim: randomUUID() };
  const started = performance.now();
  const row = await ctx.dispatch.claim(held);
  if (!row) return postponeWhileRefused(deps, id, epoch);
  ctx.crashPoint('sms-send.claimed');
  const { test } = row;
  const outcome = isStale(ctx, started) ? TOO_LATE : await send(deps, row);
  ctx.crashPoint('sms-send.answered');
  const settled = await persistently(() => settleMessage({ ctx, input: { held, outcome, test } }));
  ctx.crashPoint('sms-send.settled');
  ctx.log.info({
    event: 'message.sent',
    message_id: id,
    epoch,
    mode: test ? 'test' : 'live',
    to: maskPhone(row.to),
    outcome: outcome.kind,
    code: outcome.kind === 'rejected' ? outcome.code : null,
    detail: 'detail' in outcome ? outcome.detail : null,
    settled,
    ms: Math.round(performance.now() - started),
  });
};

/** The row decides which provider it is. */
async function send(deps: WorkerDeps, row: ClaimedMessage): Promise<Outcome<AcceptedMessage>> {
  const provider = row.test ? deps.testSms : deps.sms;
  if (!provider) return { kind: 'not_sent', detail: 'not_configured', throttled: true, retryAfterMs: null };
  return deps.timer.time(row.test ? 'scripted' : SMS_PROVIDER, 'send', () =>
    provider.send({
      to: row.to,
      body: textOf(deps, row),
      validitySeconds: Math.max(1, row.secondsValid),
      attempt: row.epoch,
      statusCallbackUrl: statusCallbackUrl(deps.ctx, row),
    }),
  );
}

function textOf({ ctx }: WorkerDeps, row: ClaimedMessage): string {
  if (!row.body) throw new Error('the text of a message to be sent is gone');
  return ctx.vault.decrypt(row.body, `messages.body:${row.id}`);
}

/** While the provider refuses our account nothing is claimed: the message keeps its place until the pause is over. */
async function postponeWhileRefused({ ctx }: WorkerDeps, id: string, epoch: number): Promise<void> {
  const refusal = await findRefusal(ctx.db, SMS_PROVIDER);
  if (!refusal) return;
  const seconds = refusal.secondsLeft + 1 + Math.random() * 2;
  if (await postponeMessage(ctx.db, { id, epoch, seconds })) {
    void ctx.jobs.enqueue(smsSendJob({ id, epoch: epoch + 1 }, seconds * 1_000));
  }
}
