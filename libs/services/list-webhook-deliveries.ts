import { PublicError } from '#libs/domain';
import { findEndpoint, listDeliveries } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';
import { type DeliveryStatus, presentDelivery, statesOf } from './present-webhook.ts';

/** One page of what was told to an endpoint, the latest event first. `next`: the event to go on before, or null. */
export async function listWebhookDeliveries({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: {
    partner: Partner;
    id: string;
    limit: number;
    before: bigint | null;
    status: DeliveryStatus | null;
  };
}) {
  const { partner, id, limit, before, status } = input;
  requireScope(partner, 'read');
  if (!(await findEndpoint(ctx.db, { id, owner: partner.owner }))) throw new PublicError('webhook_not_found');
  const rows = await listDeliveries(ctx.db, {
    owner: partner.owner,
    endpointId: id,
    before,
    states: status && statesOf(status),
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  return {
    deliveries: page.map(presentDelivery),
    next: rows.length > limit ? (page.at(-1)?.eventId ?? null) : null,
  };
}
