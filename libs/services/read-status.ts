import { PublicError } from '#libs/domain';
import { findActivation, findActivations } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';
import { cacheStatuses } from './publish-activation.ts';

/** The reply to `status` as JSON text, from the row, and back into the cache. Never asks upstream. */
export async function readStatus({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { partner: Partner; id: number };
}): Promise<string> {
  requireScope(input.partner, 'read');
  const row = await findActivation(ctx.db, { id: input.id, userId: requireUser(input.partner) });
  const reply = row && (await cacheStatuses(ctx, [row])).get(row.id);
  if (!reply) throw new PublicError('activation_not_found');
  return reply;
}

/**
 * Several at once, each as JSON text: from the cache, what is missing there from the rows. An id that is not the
 * partner's reads `activation_not_found`, as one that does not exist.
 */
export async function readStatuses({
  ctx,
  input: { partner, ids },
}: {
  ctx: ServiceContext;
  input: { partner: Partner; ids: number[] };
}): Promise<string[]> {
  requireScope(partner, 'read');
  const userId = requireUser(partner);
  const cached = await ctx.cache.readMany({ userId, activationIds: ids }).catch((): null[] => []);
  const missing = ids.filter((_id, index) => !cached[index]);
  const rows = missing.length > 0 ? await findActivations(ctx.db, { ids: missing, userId }) : [];
  const read = await cacheStatuses(ctx, rows);
  return ids.map((id, index) => cached[index] ?? read.get(id) ?? notFound(id));
}

function notFound(id: number): string {
  return JSON.stringify({ ok: false, activation_id: String(id), error: 'activation_not_found' });
}
