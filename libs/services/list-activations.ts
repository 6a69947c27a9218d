import { type ActivationListFilter, listActivations as list, listCodes } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';
import { presentActivation, UNUSABLE_THRESHOLD } from './present-activation.ts';

export interface ListActivationsInput extends Omit<ActivationListFilter, 'userId' | 'unusableThreshold'> {
  partner: Partner;
}

/** One page of a wallet's rentals, newest first, each as `status` tells it. `next`: the id to go on before, or null. */
export async function listActivations({
  ctx,
  input: { partner, ...filter },
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault'>;
  input: ListActivationsInput;
}) {
  requireScope(partner, 'read');
  const userId = requireUser(partner);
  const limit = filter.limit + 1;
  const rows = await list(ctx.db, { ...filter, userId, limit, unusableThreshold: UNUSABLE_THRESHOLD });
  const page = rows.slice(0, filter.limit);
  const codes =
    page.length > 0
      ? await listCodes(
          ctx.db,
          page.map(({ id }) => id),
        )
      : [];
  const codesOf = (id: number) => codes.filter(({ activationId }) => activationId === id);
  return {
    activations: page.map((row) => presentActivation(ctx, row, codesOf(row.id))),
    next: rows.length > filter.limit ? (page.at(-1)?.id ?? null) : null,
  };
}
