import { randomUUID } from 'node:crypto';
import { PublicError } from '#libs/domain';
import { insertEndpoint } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { doOnce } from './do-once.ts';
import { requireScope } from './partner.ts';
import { presentWebhook } from './present-webhook.ts';
import { jsonReply, type Repeatable } from './reply.ts';
import { newWebhookSecret, secretContext } from './webhook-secret.ts';

/** An event goes to each of them, so there is an end to it. */
export const MOST_WEBHOOKS = 20;

export interface CreateWebhookInput extends Repeatable {
  url: string;
  /** Null: all of them. */
  eventTypes: string[] | null;
  description: string | null;
}

/** A new endpoint, for what happens from now on. This reply alone holds its secret. */
export async function createWebhook({ ctx, input }: { ctx: ServiceContext; input: CreateWebhookInput }) {
  const { partner, url, eventTypes, description } = input;
  requireScope(partner, 'webhooks');
  return doOnce(ctx, input, 'create-webhook', async (tx) => {
    const id = randomUUID();
    const secret = newWebhookSecret();
    const sealed = ctx.vault.encrypt(secret, secretContext(id));
    const endpoint = { id, owner: partner.owner, url, eventTypes, description, secret: sealed };
    const created = await insertEndpoint(tx, endpoint, MOST_WEBHOOKS);
    if (!created) throw new PublicError('too_many_webhooks');
    return jsonReply(201, { ok: true, ...presentWebhook(created), secret });
  });
}
