import type { ActivationRow, AskedActivation } from '#libs/store';
import type { ActivationRecord } from './records.ts';
import type { Tables } from './tables.ts';

/** What ACTIVATION_COLUMNS selects. */
export function toRow(tables: Tables, row: ActivationRecord): ActivationRow {
  return {
    ...row,
    clientRef: null,
    unusableRaw: null,
    buyOver: row.buyUntil <= tables.nowMs,
    purchasedAt: date(row.purchasedAt),
    expiresAt: date(row.expiresAt),
    earliestCancelAt: date(row.earliestCancelAt),
    cancelRequestedAt: date(row.cancelRequestedAt),
    createdAt: new Date(row.createdAt),
    endedAt: date(row.endedAt),
    readAt: new Date(tables.nowMs),
  };
}

/** What the poller reads of it. */
export function toAsked(tables: Tables, row: ActivationRecord): AskedActivation {
  const { id, providerId, providerRef, state, purchasedAt, expiresAt, ...rest } = toRow(tables, row);
  const { expectingCode, unusableAnswers, readAt } = rest;
  return {
    id,
    providerId,
    providerRef,
    state,
    purchasedAt,
    expiresAt,
    expectingCode,
    unusableAnswers,
    readAt,
  };
}

/** The row as changed and with its next version, or nothing when there was none to change. */
export function changed(
  tables: Tables,
  row: ActivationRecord | undefined,
  changes: Partial<ActivationRecord>,
) {
  if (!row) return [];
  return [toRow(tables, tables.changeActivation(row, { ...changes, version: row.version + 1 }))];
}

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
