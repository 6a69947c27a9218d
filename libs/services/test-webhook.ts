import { eventName, PublicError } from '#libs/domain';
import { findEndpoint, insertTestEvent } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { doOnce } from './do-once.ts';
import { requireScope } from './partner.ts';
import { jsonReply, type Repeatable } from './reply.ts';

/** Sends `webhook.test` to one endpoint, once and without repetitions. What came of it is in its deliveries. */
export async function testWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Repeatable & { id: string };
}) {
  const { partner, id } = input;
  requireScope(partner, 'webhooks');
  return doOnce(ctx, input, 'test-webhook', async (tx) => {
    const endpoint = await findEndpoint(tx, { id, owner: partner.owner });
    if (!endpoint) throw new PublicError('webhook_not_found');
    if (endpoint.disabledAt) throw new PublicError('webhook_disabled');
    const delivery = await insertTestEvent(tx, endpoint);
    return jsonReply(202, { ok: true, event: eventName(delivery.eventId), delivery: delivery.id });
  });
}
