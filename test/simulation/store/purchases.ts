import type { PurchaseClaim, SoldNumber } from '#libs/store';
import { changed, toAsked, toRow } from './activation-row.ts';
import { type Held, heldRow } from './held-purchase.ts';
import { moneyStatements } from './money.ts';
import { cancelNow, liesInSuspense } from './purchase-doubt.ts';
import type { ActivationRecord } from './records.ts';
import { leastFirst, rowsOf, type Statements } from './statements.ts';
import type { Tables } from './tables.ts';

/** libs/store/activations.ts and purchases.ts. */
export const purchaseStatements = {
  findActivation(tables, { id, userId }) {
    const row = tables.activations.get(id);
    return row?.userId === userId ? [toRow(tables, row)] : [];
  },

  loadActivations: (tables, { first: ids }) =>
    [...tables.activations.values()].filter((row) => ids.includes(row.id)).map((row) => toRow(tables, row)),

  loadAsked: (tables, { first: ids }) =>
    [...tables.activations.values()].filter((row) => ids.includes(row.id)).map((row) => toAsked(tables, row)),

  findActivationByRef: (tables, { providerId, providerRef }) =>
    [...tables.activations.values()]
      .filter((row) => row.providerId === providerId && row.providerRef === providerRef)
      .map((row) => toRow(tables, row)),

  claimPurchases: (tables, columns) =>
    rowsOf<PurchaseClaim>(columns).flatMap(({ id, epoch, claim }) => {
      const row = tables.activations.get(id);
      if (row?.epoch !== epoch || row.state !== 'pending' || row.cancelRequestedAt !== null) return [];
      if (row.buyUntil <= tables.nowMs || row.nextAttemptAt > tables.after(1)) return [];
      const repeatedCalls = row.repeatedCalls + (row.calledEpoch === epoch ? 1 : 0);
      return changed(tables, row, {
        ...{ state: 'buying', claim, callStartedAt: tables.nowMs },
        ...{ calls: row.calls + 1, repeatedCalls, calledEpoch: epoch },
      });
    }),

  settlePurchased(tables, columns) {
    const undo = tables.snapshot();
    try {
      return rowsOf<SoldNumber>(columns).flatMap((sold) => {
        moneyStatements.noteAnswering(tables, { first: `number:${sold.providerId}` });
        const row = heldRow(tables, sold);
        if (row?.state !== 'buying' && row?.state !== 'purchase_unknown') return [];
        const { providerRef, phone, costMicros } = sold;
        if (liesInSuspense(tables, row.providerId, providerRef)) return [];
        return changed(tables, row, {
          ...{ state: 'active', providerRef, phone, costMicros, releaseAt: null },
          purchasedAt: tables.nowMs,
          expiresAt: tables.after(sold.lifetimeSeconds),
          earliestCancelAt: tables.after(sold.earliestCancelSeconds),
          ...cancelNow(tables, row),
        });
      });
    } catch (error) {
      undo();
      throw error;
    }
  },

  settleRefused(tables, { reason, message, currentPriceMicros, ...held }) {
    return changed(tables, buyingRow(tables, held), {
      ...{ state: 'refused', reason, reasonMessage: message, currentPriceMicros },
      endedAt: tables.nowMs,
    });
  },

  settleNotBought(tables, { first: delayMs, ...held }) {
    const nextAttemptAt = tables.nowMs + delayMs;
    const nudgedAt = tables.nowMs;
    return changed(tables, buyingRow(tables, held), {
      ...{ state: 'pending', epoch: held.epoch + 1, claim: null, nudgedAt, nextAttemptAt },
    });
  },

  settlePurchaseUnknown(tables, { first: holdSeconds, ...held }) {
    const row = buyingRow(tables, held);
    return changed(tables, row, { state: 'purchase_unknown', releaseAt: releaseAt(row, holdSeconds) });
  },

  abandonPurchases(tables, { olderThanSeconds, holdSeconds, limit }) {
    const started = tables.after(-olderThanSeconds);
    const gone = (row: ActivationRecord) => row.state === 'buying' && (row.callStartedAt ?? 0) < started;
    const rows = leastFirst(tables.activations.values(), limit, gone, (row) => row.callStartedAt);
    return rows.flatMap((row) =>
      changed(tables, row, { state: 'purchase_unknown', releaseAt: releaseAt(row, holdSeconds) }),
    );
  },

  takeDuePurchases(tables, { limit, quietSeconds }) {
    const due = (row: ActivationRecord) =>
      row.state === 'pending' &&
      row.nextAttemptAt < tables.after(-1) &&
      (row.nudgedAt ?? Number.NEGATIVE_INFINITY) < tables.after(-quietSeconds);
    const rows = leastFirst(tables.activations.values(), limit, due, (row) => row.nextAttemptAt);
    return rows.map((row) => tables.changeActivation(row, { nudgedAt: tables.nowMs }));
  },

  endPending(tables, { id, state, reason, message }) {
    const row = tables.activations.get(id);
    if (row?.state !== 'pending') return [];
    const over = state === 'cancelled' ? row.cancelRequestedAt !== null : row.buyUntil <= tables.nowMs;
    if (!over) return [];
    return changed(tables, row, { state, reason, reasonMessage: message, endedAt: tables.nowMs });
  },

  listPendingToEnd: (tables, { first: limit }) =>
    [...tables.activations.values()]
      .filter((row) => row.state === 'pending')
      .filter((row) => row.buyUntil <= tables.nowMs || row.cancelRequestedAt !== null)
      .slice(0, limit)
      .map((row) => ({ id: row.id, cancelled: row.cancelRequestedAt !== null })),
} satisfies Statements;

function buyingRow(tables: Tables, held: Held): ActivationRecord | undefined {
  const row = heldRow(tables, held);
  return row?.state === 'buying' ? row : undefined;
}

function releaseAt(row: ActivationRecord | undefined, holdSeconds: number): number {
  return (row?.callStartedAt ?? 0) + holdSeconds * 1_000;
}
