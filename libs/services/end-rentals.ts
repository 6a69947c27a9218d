import type { Queryable } from '#libs/platform';
import {
  type ActivationRow,
  endDenied,
  endPending,
  listDeniedToRelease,
  listPendingToEnd,
  listUnknownToRelease,
  openRentalSuspense,
  releaseUnknown,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { costInDoubt, releaseHold } from './release-rental.ts';

const BATCH = 200;
/** How long after its end a rental that the provider denies is given back by itself. */
export const DENIED_SECONDS = 24 * 3_600;

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
    await releaseInDoubt(ctx, { kind: 'unknown_purchase', end: (tx) => releaseUnknown(tx, id) });
  }
  return ids.length;
}

/**
 * Upstream denies a rental that it sold. That moves no money by itself; a day after its end, with no code ever seen,
 * the partner gets the hold back and the cost goes to suspense.
 */
export async function releaseDeniedRentals(ctx: ServiceContext): Promise<number> {
  const ids = await listDeniedToRelease(ctx.db, { afterSeconds: DENIED_SECONDS, limit: BATCH });
  for (const id of ids) {
    await releaseInDoubt(ctx, { kind: 'denied_rental', end: (tx) => endDenied(tx, id) });
  }
  return ids.length;
}

const REASONS = {
  unknown_purchase: 'purchase of unknown outcome',
  denied_rental: 'rental denied by the provider',
};

/**
 * Ends a rental without the provider's word, by one conditional update: hold back to the partner, cost to suspense,
 * and `also` in the same commit. Null when `end` found that it had moved on.
 */
export async function releaseInDoubt(
  ctx: ServiceContext,
  release: {
    kind: 'unknown_purchase' | 'denied_rental';
    end: (tx: Queryable) => Promise<ActivationRow | null>;
    also?: (tx: Queryable, row: ActivationRow) => Promise<void>;
  },
): Promise<ActivationRow | null> {
  const { kind } = release;
  const released = await ctx.db.transaction(async (tx) => {
    const row = await release.end(tx);
    if (!row) return null;
    await releaseHold(tx, row);
    await openRentalSuspense(tx, { kind, ...costInDoubt(row), reason: REASONS[kind] });
    await release.also?.(tx, row);
    return row;
  });
  if (!released) return null;
  ctx.log.warn({
    event: 'activation.released',
    activation_id: released.id,
    provider_id: released.providerId,
    reason: REASONS[kind],
  });
  await publishActivation(ctx, released);
  return released;
}
