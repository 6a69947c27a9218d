import type { Purchase } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import {
  type ActivationRow,
  completePurchase,
  nameSuspense,
  openOrphanSuspense,
  type PurchaseClaim,
} from '#libs/store';
import type { ServiceContext } from './context.ts';

export type LatePurchase = 'completed' | 'named' | 'orphan' | 'known';

/**
 * A number was bought, but its rental has moved on without the answer: adopted by a push, or released. Every number
 * of the provider ends in one rental or one entry in suspense:
 *
 * - `completed`: the rental has this very number; it gets the phone.
 * - `named`: the rental was released; its entry in suspense learns which number it was. Booked already.
 * - `orphan`: a number that nobody has: an entry of its own.
 * - `known`: another rental or entry has it, so it is no new record.
 */
export async function settleLatePurchase(
  ctx: ServiceContext,
  late: { activation: ActivationRow; held: PurchaseClaim; bought: Purchase },
): Promise<ActivationRow | null> {
  const { held, activation, bought } = late;
  const { result, row } = await ctx.db.transaction((tx) => settle(tx, late));
  ctx.log[result === 'orphan' ? 'error' : 'warn']({
    event: 'purchase.answered_late',
    activation_id: held.id,
    epoch: held.epoch,
    provider_id: activation.providerId,
    provider_ref: bought.providerRef,
    result,
  });
  return row;
}

async function settle(
  tx: Queryable,
  { activation, held, bought }: { activation: ActivationRow; held: PurchaseClaim; bought: Purchase },
): Promise<{ result: LatePurchase; row: ActivationRow | null }> {
  const row = await completePurchase(tx, { ...bought, id: held.id });
  if (row) return { result: 'completed', row };
  if (await nameSuspense(tx, { ...bought, activationId: held.id })) return { result: 'named', row: null };
  const orphan = await openOrphanSuspense(tx, {
    providerId: activation.providerId,
    providerRef: bought.providerRef,
    activationId: held.id,
    costMicros: bought.costMicros,
    amountMicros: bought.costMicros ?? activation.maxCostMicros,
  });
  return { result: orphan ? 'orphan' : 'known', row: null };
}
