import { PublicError } from '#libs/domain';
import { rotateEndpointSecret } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { doOnce } from './do-once.ts';
import { requireScope } from './partner.ts';
import { presentWebhook } from './present-webhook.ts';
import { jsonReply, type Repeatable } from './reply.ts';
import { newWebhookSecret, secretContext } from './webhook-secret.ts';

/**
 * A new secret, which this reply alone holds. The one before it signs too for `overlapSeconds`, so that receivers can
 * change over without losing an event.
 */
export async function rotateWebhookSecret({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Repeatable & { id: string; overlapSeconds: number };
}) {
  const { partner, id, overlapSeconds } = input;
  requireScope(partner, 'webhooks');
  return doOnce(ctx, input, 'rotate-webhook-secret', async (tx) => {
    const secret = newWebhookSecret();
    const sealed = ctx.vault.encrypt(secret, secretContext(id));
    const key = { id, owner: partner.owner };
    const rotated = await rotateEndpointSecret(tx, key, { secret: sealed, overlapSeconds });
    if (!rotated) throw new PublicError('webhook_not_found');
    return jsonReply(200, { ok: true, ...presentWebhook(rotated), secret });
  });
}
