import { PublicError } from '#libs/domain';
import { deleteEndpoint } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';

/** Nothing is told there from now on; a call that is under way may still arrive. */
export async function deleteWebhook({
  ctx,
  input: { partner, id },
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { partner: Partner; id: string };
}): Promise<void> {
  requireScope(partner, 'webhooks');
  if (!(await deleteEndpoint(ctx.db, { id, owner: partner.owner })))
    throw new PublicError('webhook_not_found');
}
