import type { WebhookAnswer } from '#libs/platform';
import { type DeliveryClaim, settleDelivered, settleUndelivered } from '#libs/store';
import type { ServiceContext } from './context.ts';

/** Seconds after each attempt: 10 s, 30 s, 2 min, 10 min, 1 h, then every 6 h until 24 h after the event. */
export const WEBHOOK_DELAYS = [10, 30, 120, 600, 3_600, 21_600] as const;

/** The endpoint says that it is gone, and is not asked again for this event. */
const GONE = 410;

export type WebhookSettled = 'delivered' | 'retry' | 'failed' | 'claim_lost';

/**
 * Writes what an attempt came to. Only a 2xx is a delivery; a redirect is a failure like any other. Dies before the
 * commit: the event is told again, which webhooks allow.
 */
export async function settleWebhook({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { held: DeliveryClaim; answer: WebhookAnswer };
}): Promise<WebhookSettled> {
  const { held, answer } = input;
  const status = answer.kind === 'answered' ? answer.status : null;
  if (status !== null && status >= 200 && status < 300) {
    return (await settleDelivered(ctx.db, held, status)) ? 'delivered' : 'claim_lost';
  }
  const state = await settleUndelivered(ctx.db, held, {
    status,
    error: answer.kind === 'failed' ? answer.detail : null,
    final: status === GONE,
    delays: WEBHOOK_DELAYS,
  });
  if (state === null) return 'claim_lost';
  return state === 'failed' ? 'failed' : 'retry';
}
