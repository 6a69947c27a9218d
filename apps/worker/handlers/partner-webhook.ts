import { randomUUID } from 'node:crypto';
import type { WebhookAnswer } from '#libs/platform';
import { settleWebhook, webhookIdOf, webhookRequest } from '#libs/services';
import {
  claimDelivery,
  type DeliveryClaim,
  giveUpDelivery,
  postponeDelivery,
  type WebhookDelivery,
} from '#libs/store';
import type { Lane } from '../call-limiter.ts';
import type { JobHandler, WorkerDeps } from '../deps.ts';

/** Calls that this process makes at the same time, and jobs that wait to make one, of the hundred that it runs. */
const MOST_OF_HOST = 10;
const MOST_OF_OWNER = 20;
const MOST_WAITING = 10;

/**
 * Claims one event, tells its endpoint once, writes what came of it.
 * Dies anywhere: the row is `calling`, becomes the next epoch, and the endpoint may hear the same webhook-id again.
 */
export const partnerWebhook: JobHandler = async (deps, { id, epoch }) => {
  const { ctx } = deps;
  const held = { id, epoch, claim: randomUUID() };
  const delivery = await claimDelivery(ctx.db, held);
  if (!delivery) return;
  ctx.crashPoint('webhook.claimed');
  const place = await deps.webhookLimiter.enter(lanesOf(delivery));
  if (place.kind === 'full') {
    await postponeDelivery(ctx.db, held, place.seconds);
    return;
  }
  const started = performance.now();
  let answer: WebhookAnswer | null = null;
  try {
    answer = await call(deps, delivery);
  } finally {
    place.leave(answer?.kind !== 'failed');
  }
  if (answer === null) {
    await giveUpDelivery(ctx.db, held, 'webhook_disabled');
    return;
  }
  ctx.crashPoint('webhook.answered');
  await settle(deps, held, { delivery, answer, ms: Math.round(performance.now() - started) });
};

/** One partner's trouble with a host is not another's: many may share one. */
function lanesOf({ owner, url }: WebhookDelivery): Lane[] {
  return [
    {
      name: `host:${owner}:${hostOf(url)}`,
      mostInFlight: MOST_OF_HOST,
      restsWhenDead: true,
      mostWaiting: MOST_WAITING,
    },
    {
      name: `owner:${owner}`,
      mostInFlight: MOST_OF_OWNER,
      restsWhenDead: false,
      mostWaiting: MOST_WAITING,
    },
  ];
}

/** Null: the endpoint was deleted or disabled, and nothing is called. */
async function call(
  { ctx, timer, webhooks }: WorkerDeps,
  delivery: WebhookDelivery,
): Promise<WebhookAnswer | null> {
  const request = await webhookRequest({ ctx, input: delivery });
  return request && timer.time('partner', 'webhook', () => webhooks.post(request));
}

async function settle(
  { ctx, webhooksDisabled }: WorkerDeps,
  held: DeliveryClaim,
  told: { delivery: WebhookDelivery; answer: WebhookAnswer; ms: number },
): Promise<void> {
  const { delivery, answer, ms } = told;
  const { result, disabled } = await settleWebhook({ ctx, input: { held, answer, ms } });
  const facts = {
    webhook_id: webhookIdOf(delivery),
    delivery_id: held.id,
    endpoint_id: delivery.endpointId,
    host: hostOf(delivery.url),
    status: answer.kind === 'answered' ? answer.status : null,
    detail: answer.kind === 'failed' ? answer.detail : null,
  };
  ctx.log.info({
    event: 'webhook.told',
    ...facts,
    epoch: held.epoch,
    type: delivery.eventType,
    message_id: delivery.messageId,
    activation_id: delivery.activationId,
    settled: result,
    ms,
  });
  if (disabled === null) return;
  webhooksDisabled.inc({ reason: disabled });
  ctx.log.warn({ event: 'webhook.disabled', ...facts, owner: delivery.owner, reason: disabled });
}

/** The path and the query are the partner's own and may hold its secrets. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : 'none';
}
