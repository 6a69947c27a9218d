import type { WebhookAnswer } from '#libs/platform';
import { type DeliveryClaim, settleDelivered, settleUndelivered } from '#libs/store';
import type { ServiceContext } from './context.ts';

/** Seconds after each attempt: 10 s, 30 s, 2 min, 10 min, 1 h, then every 6 h until 24 h after the event. */
export const WEBHOOK_DELAYS = [10, 30, 120, 600, 3_600, 21_600] as const;

/** The endpoint says that it is gone, and is asked no more. */
const GONE = 410;

export interface WebhookSettled {
  result: 'delivered' | 'retry' | 'failed' | 'claim_lost';
  /** Its endpoint was disabled with it. */
  disabled: 'failing' | 'gone' | null;
}

/**
 * Writes what an attempt came to. Only a 2xx is a delivery; a redirect is a failure like any other. Dies before the
 * commit: the event is told again, which webhooks allow.
 */
export async function settleWebhook({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { held: DeliveryClaim; answer: WebhookAnswer; ms: number };
}): Promise<WebhookSettled> {
  const { held, answer, ms } = input;
  const status = answer.kind === 'answered' ? answer.status : null;
  if (status !== null && isDelivered(answer)) {
    const settled = await settleDelivered(ctx.db, held, { status, ms });
    return { result: settled ? 'delivered' : 'claim_lost', disabled: null };
  }
  const settled = await settleUndelivered(ctx.db, held, {
    status,
    error: answer.kind === 'failed' ? answer.detail : null,
    gone: status === GONE,
    delays: WEBHOOK_DELAYS,
    ms,
  });
  if (settled === null) return { result: 'claim_lost', disabled: null };
  return { result: settled.state === 'failed' ? 'failed' : 'retry', disabled: settled.disabled };
}

export function isDelivered(answer: WebhookAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
}
