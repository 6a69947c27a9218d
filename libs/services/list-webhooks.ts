import { PublicError } from '#libs/domain';
import { findEndpoint, listEndpoints } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';
import { presentWebhook } from './present-webhook.ts';

/** All endpoints of the partner, oldest first. */
export async function listWebhooks({
  ctx,
  input: { partner },
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { partner: Partner };
}) {
  requireScope(partner, 'read');
  return (await listEndpoints(ctx.db, partner.owner)).map(presentWebhook);
}

export async function getWebhook({
  ctx,
  input: { partner, id },
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { partner: Partner; id: string };
}) {
  requireScope(partner, 'read');
  const endpoint = await findEndpoint(ctx.db, { id, owner: partner.owner });
  if (!endpoint) throw new PublicError('webhook_not_found');
  return presentWebhook(endpoint);
}
