import { createHmac } from 'node:crypto';
import { eventName } from '#libs/domain';
import type { WebhookRequest } from '#libs/platform';
import { findEndpointSecrets, type WebhookDelivery } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { readEventData } from './event-data.ts';
import { secretBytes, secretContext, webhookSecret } from './webhook-secret.ts';

/**
 * One attempt at a delivery, signed for this moment; null when its endpoint was deleted or disabled. The event is the
 * one that happened; `data` is the message or rental as it is now, which may be further on. While a secret is being
 * changed both sign. Source: https://www.standardwebhooks.com
 */
export async function webhookRequest({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault'>;
  input: WebhookDelivery;
}): Promise<WebhookRequest | null> {
  const { owner, eventType, createdAt, claimedAt, url } = input;
  const secrets = await signingSecrets(ctx, input);
  if (!secrets) return null;
  const [data] = await readEventData(ctx, owner, [input]);
  const id = webhookIdOf(input);
  const body = JSON.stringify({ type: eventType, id, created_at: createdAt.toISOString(), data });
  // Receivers refuse a timestamp that is minutes off, as a worker's own clock may be.
  const timestamp = String(Math.floor(claimedAt.getTime() / 1_000));
  const sign = (secret: string) =>
    `v1,${createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'smsx-webhooks',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': secrets.map(sign).join(' '),
    },
  };
}

/** The same at every attempt, at every endpoint and in the feed. */
export function webhookIdOf({ id, eventId }: Pick<WebhookDelivery, 'id' | 'eventId'>): string {
  return eventId === null ? id : eventName(eventId);
}

async function signingSecrets(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  { endpointId, owner }: WebhookDelivery,
): Promise<string[] | null> {
  if (endpointId === null) return [webhookSecret(ctx, owner)];
  const sealed = await findEndpointSecrets(ctx.db, endpointId);
  return sealed?.map((secret) => ctx.vault.decrypt(secret, secretContext(endpointId))) ?? null;
}
