import { changed, toRow } from './activation-row.ts';
import type { ActivationRecord } from './records.ts';
import { leastFirst, type Statements } from './statements.ts';
import type { Tables } from './tables.ts';

const USABLE = { unusableAnswers: 0 } as const;

/** libs/store/rentals.ts and provider-pushes.ts. */
export const rentalStatements = {
  insertCode(tables, { activationId, code, codeHash, text, late }) {
    if (findCode(tables, activationId, codeHash)) return [];
    tables.codes.push({ activationId, code, codeHash, text, late, receivedAt: tables.nowMs });
    return [{}];
  },

  listCodes: (tables, { first: ids }) =>
    tables.codes
      .filter((code) => ids.includes(code.activationId))
      .map((code, index) => ({ ...code, id: BigInt(index), receivedAt: new Date(code.receivedAt) })),

  lockActivation(tables, { first: id }) {
    const row = tables.activations.get(id);
    return row ? [toRow(tables, row)] : [];
  },

  markReceived(tables, { first: id }) {
    const row = inState(tables, id, 'active');
    const command = row?.command === 'cancel' ? null : row?.command;
    return changed(tables, row, {
      ...{ state: 'received', expectingCode: false, ...USABLE, command, commandNextAt: null },
    });
  },

  markFurtherCode: (tables, { first: id }) =>
    changed(tables, inState(tables, id, 'received', 'finished'), { expectingCode: false, ...USABLE }),

  markLateCode: (tables, { first: id }) =>
    changed(tables, inState(tables, id, 'cancelled', 'released', 'refused'), { lateCode: true }),

  markCancelled(tables, { id, reason }) {
    const row = inState(tables, id, 'active');
    if (!row) return [];
    const expired = row.expiresAt !== null && tables.nowMs >= row.expiresAt - 5_000;
    const told = expired ? 'expired' : row.cancelRequestedAt !== null ? 'requested' : 'upstream';
    return changed(tables, row, {
      ...{ state: 'cancelled', endedAt: tables.nowMs, command: null, commandNextAt: null },
      ...{ expectingCode: false, ...USABLE, reason: reason ?? told },
    });
  },

  markFinished: (tables, { first: id }) =>
    changed(tables, inState(tables, id, 'received'), {
      ...{ state: 'finished', endedAt: tables.nowMs, expectingCode: false },
      ...{ command: null, commandNextAt: null },
    }),

  countUnusableAnswer(tables, { id, atLeast, denied }) {
    const row = inState(tables, id, 'active', 'received');
    const unusableAnswers = Math.max((row?.unusableAnswers ?? 0) + 1, atLeast);
    const deniedAt = row?.deniedAt ?? (denied ? tables.nowMs : null);
    return changed(tables, row, { unusableAnswers, deniedAt });
  },

  clearUnusableAnswers(tables, { first: id }) {
    const row = tables.activations.get(id);
    return row && row.unusableAnswers > 0 ? changed(tables, row, { ...USABLE, deniedAt: null }) : [];
  },

  listLive: (tables, { afterId, limit }) =>
    leastFirst(
      tables.activations.values(),
      limit,
      (row) => row.id > afterId && (row.state === 'active' || row.state === 'received'),
      (row) => row.id,
    ).map(({ id }) => ({ id })),

  setCodeText(tables, { activationId, codeHash, text }) {
    const code = findCode(tables, activationId, codeHash);
    if (!code || code.text !== null) return [];
    tables.codes[tables.codes.indexOf(code)] = { ...code, text };
    return [{}];
  },

  insertPush(tables, push) {
    const known = tables.pushes.some(
      (other) =>
        other.providerId === push.providerId &&
        other.providerRef === push.providerRef &&
        other.contentHash.equals(push.contentHash),
    );
    if (known) return [];
    const id = BigInt(tables.pushes.length + 1);
    tables.pushes.push({ ...push, id, receivedAt: tables.nowMs });
    return [{ id }];
  },

  listPushes: (tables, { providerId, providerRef }) =>
    tables.pushes
      .filter((push) => push.providerId === providerId && push.providerRef === providerRef)
      .reverse()
      .slice(0, 20),

  listUnclaimedPushes(tables, { first: withinSeconds }) {
    const since = tables.after(-withinSeconds);
    const references = new Set([...tables.activations.values()].map((row) => row.providerRef));
    const first = new Map<string, object>();
    for (const push of tables.pushes) {
      if (push.receivedAt <= since || references.has(push.providerRef)) continue;
      if (!first.has(push.providerRef)) first.set(push.providerRef, push);
    }
    return [...first.values()];
  },

  listUnheardPushes(tables, { afterSeconds, withinSeconds }) {
    const latest = new Map<number, bigint>();
    for (const push of tables.pushes) {
      const due =
        push.receivedAt < tables.after(-afterSeconds) && push.receivedAt > tables.after(-withinSeconds);
      const row = [...tables.activations.values()].find((one) => one.providerRef === push.providerRef);
      const heard = tables.codes.some((code) => code.activationId === row?.id);
      if (push.hasCode && due && row && !heard) latest.set(row.id, push.id);
    }
    return [...latest].map(([activationId, id]) => ({ id, activationId }));
  },

  findProviderBySecret: (_tables, { first: secret }) => (secret === 'secret' ? [{ id: 1 }] : []),
} satisfies Statements;

function findCode(tables: Tables, activationId: number, codeHash: Buffer) {
  return tables.codes.find((code) => code.activationId === activationId && code.codeHash.equals(codeHash));
}

function inState(
  tables: Tables,
  id: number,
  ...states: ActivationRecord['state'][]
): ActivationRecord | undefined {
  const row = tables.activations.get(id);
  return row && states.includes(row.state) ? row : undefined;
}
