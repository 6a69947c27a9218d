import {
  bookProviderCost,
  endPending,
  listPendingToEnd,
  listUnknownToRelease,
  releaseUnknown,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { releaseHold } from './release-rental.ts';

const BATCH = 200;

/** Ends purchases that were never started: cancelled meanwhile, or out of time. Nothing was bought, the hold goes back. */
export async function endPendingRentals(ctx: ServiceContext): Promise<number> {
  const rows = await listPendingToEnd(ctx.db, BATCH);
  for (const { id, cancelled } of rows) await endPendingRental(ctx, id, cancelled);
  return rows.length;
}

export async function endPendingRental(
  ctx: ServiceContext,
  id: number,
  cancelled: boolean,
): Promise<boolean> {
  const ended = await ctx.db.transaction(async (tx) => {
    const row = await endPending(tx, {
      id,
      state: cancelled ? 'cancelled' : 'refused',
      reason: cancelled ? 'requested' : 'provider_unavailable',
      message: cancelled
        ? 'Cancelled before a number was bought.'
        : 'The purchase could not be started in time.',
    });
    if (row) await releaseHold(tx, row);
    return row;
  });
  if (ended) await publishActivation(ctx, ended);
  return ended !== null;
}

/**
 * Releases unknown purchases once upstream cannot keep a number any longer. What it may have cost us goes to
 * suspense, where the operator sees it.
 */
export async function releaseUnknownRentals(ctx: ServiceContext): Promise<number> {
  const ids = await listUnknownToRelease(ctx.db, BATCH);
  for (const id of ids) {
    const released = await ctx.db.transaction(async (tx) => {
      const row = await releaseUnknown(tx, id);
      if (!row) return null;
      await releaseHold(tx, row);
      await bookProviderCost(tx, {
        providerId: row.providerId,
        kind: 'suspense',
        amountMicros: row.maxCostMicros,
        reason: 'purchase of unknown outcome',
        activationId: row.id,
      });
      return row;
    });
    if (!released) continue;
    ctx.log.warn({
      event: 'activation.unknown_released',
      activation_id: id,
      provider_id: released.providerId,
    });
    await publishActivation(ctx, released);
  }
  return ids.length;
}
