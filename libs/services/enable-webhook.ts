import { PublicError } from '#libs/domain';
import { enableEndpoint } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { doOnce } from './do-once.ts';
import { requireScope } from './partner.ts';
import { presentWebhook } from './present-webhook.ts';
import { jsonReply, type Repeatable } from './reply.ts';

/** A disabled endpoint hears again of what happens from now on. What it missed is in the feed, or is replayed. */
export async function enableWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Repeatable & { id: string };
}) {
  const { partner, id } = input;
  requireScope(partner, 'webhooks');
  return doOnce(ctx, input, 'enable-webhook', async (tx) => {
    const enabled = await enableEndpoint(tx, { id, owner: partner.owner });
    if (!enabled) throw new PublicError('webhook_not_found');
    return jsonReply(200, { ok: true, ...presentWebhook(enabled) });
  });
}
