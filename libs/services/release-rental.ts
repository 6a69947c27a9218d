import type { ActivationReason } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { type ActivationRow, markCancelled, moveMoney } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';

/**
 * Ends a rental for which upstream confirmed that no code came, and gives the held money back, in one transaction.
 * Null `reason`: told from the clock and the partner's wish. False when a code or another end was first.
 */
export async function cancelRental(
  ctx: ServiceContext,
  id: number,
  reason: ActivationReason | null,
): Promise<boolean> {
  const row = await ctx.db.transaction(async (tx) => {
    const ended = await markCancelled(tx, { id, reason });
    if (ended) await releaseHold(tx, ended);
    return ended;
  });
  if (!row) return false;
  ctx.log.info({
    event: 'activation.cancelled',
    activation_id: id,
    provider_id: row.providerId,
    reason: row.reason,
  });
  await publishActivation(ctx, row);
  return true;
}

export async function releaseHold(tx: Queryable, row: ActivationRow): Promise<void> {
  await moveMoney(tx, {
    userId: row.userId,
    kind: 'release',
    amountMicros: row.priceMicros,
    activationId: row.id,
    reason: row.reason ?? 'released',
  });
}

/** What a rental may have cost us, for its entry in suspense. */
export function costInDoubt(row: ActivationRow) {
  return {
    providerId: row.providerId,
    providerRef: row.providerRef,
    activationId: row.id,
    amountMicros: row.costMicros ?? row.maxCostMicros,
    costMicros: row.costMicros,
  };
}
