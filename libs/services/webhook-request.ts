import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '#libs/platform';
import { findMessage, listCodes, loadActivations, type WebhookDelivery } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { presentActivation } from './present-activation.ts';
import { presentMessage } from './present-message.ts';
import { secretBytes } from './webhook-secret.ts';

/**
 * One attempt at a delivery, signed for this moment. The event is the one that happened; `data` is the message or
 * rental as it is now, which may be further on. Source: https://www.standardwebhooks.com
 */
export async function webhookRequest({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault'>;
  input: WebhookDelivery;
}): Promise<WebhookRequest> {
  const { id, owner, eventType, createdAt, claimedAt, url } = input;
  const data = await currentData(ctx, input);
  const body = JSON.stringify({ type: eventType, id, created_at: createdAt.toISOString(), data });
  // Receivers refuse a timestamp that is minutes off, as a worker's own clock may be.
  const timestamp = String(Math.floor(claimedAt.getTime() / 1_000));
  const signature = createHmac('sha256', secretBytes(ctx, owner)).update(`${id}.${timestamp}.${body}`);
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'smsx-webhooks',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature.digest('base64')}`,
    },
  };
}

async function currentData(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  { id, owner, messageId, activationId }: WebhookDelivery,
): Promise<Record<string, unknown>> {
  if (messageId !== null) {
    const message = await findMessage(ctx.db, { id: messageId, owner });
    if (message) return presentMessage(message);
  }
  if (activationId !== null) {
    const [activation] = await loadActivations(ctx.db, [activationId]);
    if (activation) return presentActivation(ctx, activation, await listCodes(ctx.db, [activationId]));
  }
  throw new Error(`webhook ${id} speaks of nothing that exists`);
}
