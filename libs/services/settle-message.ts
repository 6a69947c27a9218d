import { type AcceptedMessage, backoffMs, type Outcome, type Rejected } from '#libs/domain';
import { smsSendJob } from '#libs/jobs';
import {
  type MessageClaim,
  noteAnswering,
  noteRefusal,
  noteUnreachable,
  settleFailed,
  settleNotSent,
  settleUnknown,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishMessages } from './publish-message.ts';

export const SMS_PROVIDER = 'twilio';

type NotAccepted = Exclude<Outcome<never>, { kind: 'accepted' }>;

const UNREACHABLE_THRESHOLD = 20;
const UNREACHABLE_PAUSE_SECONDS = 5;

/**
 * Writes what a call to the SMS provider came to. Dies before the commit: the row stays `calling` and is looked for
 * after its window. False when the claim is no longer held, so nothing was written.
 */
export async function settleMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  /** `test`: of a test key, so it says nothing of the real provider. */
  input: { held: MessageClaim; outcome: Outcome<AcceptedMessage>; test?: boolean };
}): Promise<boolean> {
  const { held, outcome, test = false } = input;
  if (outcome.kind === 'accepted') return ctx.dispatch.settleSent({ ...held, test }, outcome.value);
  const settled = await settle(ctx, held, outcome);
  if (!test) await noteHealth(ctx, outcome);
  await publishMessages(ctx, [held.id]);
  return settled;
}

async function settle(ctx: ServiceContext, held: MessageClaim, outcome: NotAccepted): Promise<boolean> {
  switch (outcome.kind) {
    case 'rejected':
      return outcome.scope === 'account' ? pauseMessage(ctx, held, outcome) : failMessage(ctx, held, outcome);
    case 'not_sent':
      return retryLater(ctx, held, {
        delayMs: outcome.retryAfterMs ?? backoffMs(held.epoch, { baseMs: 500, mostMs: 60_000 }),
        lastError: outcome.throttled ? 'provider_throttled' : 'provider_unreachable',
        lastMessage: `The provider could not be reached (${outcome.detail}).`,
      });
    case 'unknown':
      return settleUnknown(ctx.db, held, lookSchedule(ctx.config.unknownSendWindowSeconds));
  }
}

/** First look after a quarter of the window, at most ten seconds; the last at its end. */
export function lookSchedule(windowSeconds: number): { windowSeconds: number; firstLookSeconds: number } {
  return { windowSeconds, firstLookSeconds: Math.min(10, windowSeconds / 4) };
}

function failMessage(ctx: ServiceContext, held: MessageClaim, refusal: Rejected): Promise<boolean> {
  return settleFailed(ctx.db, held, {
    error: refusal.reason,
    providerErrorCode: refusal.code,
    errorMessage: refusal.message,
  });
}

/** The account is refused, not the message: it keeps its place until the pause is over. */
function pauseMessage(ctx: ServiceContext, held: MessageClaim, refusal: Rejected): Promise<boolean> {
  return retryLater(ctx, held, {
    delayMs: ctx.config.timings.smsPauseSeconds * 1_000 + backoffMs(1, { baseMs: 2_000, mostMs: 2_000 }),
    lastError: 'provider_refused',
    lastMessage: refusal.message,
  });
}

async function retryLater(
  ctx: ServiceContext,
  held: MessageClaim,
  retry: { delayMs: number; lastError: string; lastMessage: string },
): Promise<boolean> {
  const settled = await settleNotSent(ctx.db, held, retry);
  if (settled) void ctx.jobs.enqueue(smsSendJob({ id: held.id, epoch: held.epoch + 1 }, retry.delayMs));
  return settled;
}

/** A 429 never counts against the provider: it processed nothing and says so. */
async function noteHealth(ctx: ServiceContext, outcome: NotAccepted): Promise<void> {
  const provider = SMS_PROVIDER;
  if (outcome.kind === 'rejected' && outcome.scope === 'account') {
    const { reason, message } = outcome;
    ctx.log.error({ event: 'provider.refuses', provider, reason });
    // New sends are refused that long; then one of them probes.
    const seconds = ctx.config.timings.smsPauseSeconds;
    await noteRefusal(ctx.db, { provider, reason, message, seconds });
  } else if (outcome.kind === 'not_sent' && !outcome.throttled) {
    await noteUnreachable(ctx.db, {
      provider,
      message: 'it cannot be reached.',
      threshold: UNREACHABLE_THRESHOLD,
      seconds: UNREACHABLE_PAUSE_SECONDS,
    });
  } else if (outcome.kind === 'rejected') {
    await noteAnswering(ctx.db, provider);
  }
}
