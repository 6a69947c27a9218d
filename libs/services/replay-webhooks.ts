import { PublicError } from '#libs/domain';
import { findDelivery, findEndpoint, replayDeliveries, replayDelivery } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { doOnce } from './do-once.ts';
import { type Partner, requireScope } from './partner.ts';
import { presentDelivery } from './present-webhook.ts';
import { jsonReply, type Repeatable } from './reply.ts';

const MOST_REPLAYED = 1_000;

/** One delivery goes on its way again, delivered or not, under the same `webhook-id` and with all its repetitions. */
export async function replayWebhookDelivery({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Repeatable & { id: string };
}) {
  const { partner } = input;
  requireScope(partner, 'webhooks');
  const key = { id: input.id, owner: partner.owner };
  return doOnce(ctx, input, 'replay-webhook-delivery', async (tx) => {
    const known = await findDelivery(tx, key);
    if (!known) throw new PublicError('webhook_delivery_not_found');
    if (known.endpointId !== null) await requireEnabled(tx, partner, known.endpointId);
    const delivery = await replayDelivery(tx, key);
    if (!delivery) throw new PublicError('webhook_delivery_pending');
    return jsonReply(202, { ok: true, ...presentDelivery(delivery) });
  });
}

/** All that an endpoint was given up for, the oldest first and at most a thousand at once; `count` were found. */
export async function replayFailedWebhooks({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Repeatable & { id: string; since: Date | null };
}) {
  const { partner, id, since } = input;
  requireScope(partner, 'webhooks');
  return doOnce(ctx, input, 'replay-webhook', async (tx) => {
    await requireEnabled(tx, partner, id);
    const filter = { owner: partner.owner, endpointId: id, since };
    const found = await replayDeliveries(tx, filter, MOST_REPLAYED);
    return jsonReply(202, { ok: true, count: found.length, more: found.length === MOST_REPLAYED });
  });
}

async function requireEnabled(
  db: Parameters<typeof findEndpoint>[0],
  partner: Partner,
  id: string,
): Promise<void> {
  const endpoint = await findEndpoint(db, { id, owner: partner.owner });
  if (!endpoint) throw new PublicError('webhook_not_found');
  if (endpoint.disabledAt) throw new PublicError('webhook_disabled');
}
