import { randomUUID } from 'node:crypto';
import type { WebhookAnswer } from '#libs/platform';
import { settleWebhook, webhookRequest } from '#libs/services';
import { claimDelivery, postponeDelivery, type WebhookDelivery } from '#libs/store';
import type { JobHandler, WorkerDeps } from '../deps.ts';

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
  const host = hostOf(delivery.url);
  const place = deps.webhookLimiter.enter([`host:${host}`, `owner:${delivery.owner}`]);
  if (place.kind === 'full') {
    await postponeDelivery(ctx.db, held, place.seconds);
    return;
  }
  const started = performance.now();
  const answer = await call(deps, delivery).finally(place.leave);
  ctx.crashPoint('webhook.answered');
  const settled = await settleWebhook({ ctx, input: { held, answer } });
  ctx.log.info({
    event: 'webhook.told',
    webhook_id: id,
    epoch,
    type: delivery.eventType,
    message_id: delivery.messageId,
    activation_id: delivery.activationId,
    host,
    status: answer.kind === 'answered' ? answer.status : null,
    detail: answer.kind === 'failed' ? answer.detail : null,
    settled,
    ms: Math.round(performance.now() - started),
  });
};

async function call({ ctx, timer, webhooks }: WorkerDeps, delivery: WebhookDelivery): Promise<WebhookAnswer> {
  const request = await webhookRequest({ ctx, input: delivery });
  return timer.time('partner', 'webhook', () => webhooks.post(request));
}

/** The path and the query are the partner's own and may hold its secrets. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : 'none';
}
