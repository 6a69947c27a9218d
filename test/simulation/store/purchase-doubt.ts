import { changed } from './activation-row.ts';
import { heldRow } from './held-purchase.ts';
import type { ActivationRecord } from './records.ts';
import { leastFirst, type Statements } from './statements.ts';
import type { Tables } from './tables.ts';

const NOT_BOUGHT = {
  state: 'released',
  reason: 'unknown_outcome',
  reasonMessage: 'It was found out later that no number was bought. Nothing was charged.',
} as const;

/** libs/store/purchase-doubt.ts and suspense.ts. */
export const doubtStatements = {
  listUnknownToRelease: (tables, { first: limit }) =>
    leastFirst(
      tables.activations.values(),
      limit,
      (row) => isToRelease(tables, row),
      (row) => row.releaseAt,
    ),

  releaseUnknown(tables, { first: id }) {
    const row = tables.activations.get(id);
    if (!row || !isToRelease(tables, row)) return [];
    return changed(tables, row, {
      ...{ state: 'released', reason: 'unknown_outcome', endedAt: tables.nowMs },
      reasonMessage: 'The provider never said whether a number was bought. Nothing was charged.',
    });
  },

  adoptPurchase(tables, { providerId, providerRef, service, country, ...seconds }) {
    const open = [...tables.activations.values()].filter(
      (row) =>
        row.providerId === providerId &&
        row.service === service &&
        row.country === country &&
        (row.state === 'buying' || row.state === 'purchase_unknown'),
    );
    const [row] = open;
    if (open.length !== 1 || row?.state !== 'purchase_unknown') return [];
    if (liesInSuspense(tables, providerId, providerRef)) return [];
    const started = row.callStartedAt ?? 0;
    return changed(tables, row, {
      ...{ state: 'active', providerRef, purchasedAt: started, releaseAt: null },
      expiresAt: started + seconds.lifetimeSeconds * 1_000,
      earliestCancelAt: started + seconds.earliestCancelSeconds * 1_000,
      ...cancelNow(tables, row),
    });
  },

  releaseNotBought(tables, held) {
    const row = heldRow(tables, held);
    return row?.state === 'purchase_unknown'
      ? changed(tables, row, { ...NOT_BOUGHT, endedAt: tables.nowMs })
      : [];
  },

  completePurchase(tables, { id, providerRef, phone, costMicros }) {
    const row = tables.activations.get(id);
    if (row?.providerRef !== providerRef || row.phone !== null) return [];
    return changed(tables, row, { phone, costMicros: row.costMicros ?? costMicros });
  },

  listDeniedToRelease: (tables, { afterSeconds, limit }) =>
    [...tables.activations.values()]
      .filter((row) => isDenied(row) && row.expiresAt !== null && row.expiresAt < tables.after(-afterSeconds))
      .slice(0, limit),

  endDenied(tables, { first: id }) {
    const row = tables.activations.get(id);
    if (!row || !isDenied(row)) return [];
    return changed(tables, row, {
      ...{ state: 'cancelled', reason: 'denied', endedAt: tables.nowMs, command: null, commandNextAt: null },
      ...{ expectingCode: false, unusableAnswers: 0 },
    });
  },

  /** Behind bookProviderCost, which has a mirror of its own. */
  openRentalSuspense(tables, { kind, providerId, providerRef, activationId, amountMicros, costMicros }) {
    return open(tables, { kind, providerId, providerRef, activationId, amountMicros, costMicros });
  },

  openOrphanSuspense(tables, { providerId, providerRef, activationId, amountMicros, costMicros }) {
    const owned = [...tables.activations.values()].some(
      (row) => row.providerId === providerId && row.providerRef === providerRef,
    );
    if (owned || liesInSuspense(tables, providerId, providerRef)) return [];
    const kind = 'orphan_purchase';
    return open(tables, { kind, providerId, providerRef, activationId, amountMicros, costMicros });
  },

  'openOrphanSuspense:2'(tables, { providerId, amountMicros }) {
    const entry = { kind: 'suspense', userId: null, providerId, activationId: null, reference: null };
    tables.ledger.push({ ...entry, amountMicros, reason: 'bought for no rental' });
    return [{}];
  },

  nameSuspense(tables, { activationId, providerRef, costMicros }) {
    const entry = tables.suspense.find(
      (one) =>
        one.activationId === activationId && one.kind === 'unknown_purchase' && one.providerRef === null,
    );
    if (!entry || liesInSuspense(tables, entry.providerId, providerRef)) return [];
    for (const row of tables.activations.values()) if (row.providerRef === providerRef) return [];
    const named = { ...entry, providerRef, costMicros: costMicros ?? entry.costMicros };
    tables.suspense[tables.suspense.indexOf(entry)] = named;
    return [named];
  },
} satisfies Statements;

/** A record that is accounted for in suspense is nobody's new number. */
export function liesInSuspense(tables: Tables, providerId: number, providerRef: string): boolean {
  return tables.suspense.some((one) => one.providerId === providerId && one.providerRef === providerRef);
}

/** A cancel wished for during the purchase is due as soon as there is a number. */
export function cancelNow(tables: Tables, row: ActivationRecord): Partial<ActivationRecord> {
  const wished = row.cancelRequestedAt !== null;
  return {
    command: wished ? 'cancel' : null,
    commandEpoch: row.commandEpoch + 1,
    commandNextAt: wished ? tables.nowMs : null,
  };
}

function open(tables: Tables, entry: Omit<Tables['suspense'][number], 'id'>): object[] {
  const opened = { ...entry, id: tables.suspense.length + 1 };
  tables.suspense.push(opened);
  return [opened];
}

function isToRelease(tables: Tables, row: ActivationRecord): boolean {
  return row.state === 'purchase_unknown' && row.releaseAt !== null && row.releaseAt <= tables.nowMs;
}

function isDenied(row: ActivationRecord): boolean {
  return row.state === 'active' && (row.deniedAt !== null || row.commandAnswer === 'denied');
}
