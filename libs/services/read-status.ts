import { PublicError } from '#libs/domain';
import { findActivation, findActivations, listCodes } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';
import { presentActivation } from './present-activation.ts';
import { cacheStatus } from './publish-activation.ts';

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
  if (!row) throw new PublicError('activation_not_found');
  return cacheStatus(ctx, row);
}

/** Several at once. An id that is not the partner's reads `activation_not_found`, as one that does not exist. */
export async function readStatuses({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { partner: Partner; ids: number[] };
}): Promise<Record<string, unknown>[]> {
  requireScope(input.partner, 'read');
  const rows = await findActivations(ctx.db, { ids: input.ids, userId: requireUser(input.partner) });
  const codes = await listCodes(
    ctx.db,
    rows.map((row) => row.id),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return input.ids.map((id) => {
    const row = byId.get(id);
    if (!row) return { ok: false, activation_id: String(id), error: 'activation_not_found' };
    return presentActivation(
      ctx,
      row,
      codes.filter((code) => code.activationId === id),
    );
  });
}
