import type { MessageClaim, MessageRow, NewMessage, SentMessage } from '#libs/store';
import { moneyStatements } from './money.ts';
import type { MessageRecord } from './records.ts';
import { leastFirst, rowsOf, type Statements } from './statements.ts';
import type { Tables } from './tables.ts';

const UNMOVED = ['ready', 'calling', 'unknown', 'sent'];

/** libs/store/messages.ts, message-settlement.ts, message-sweeps.ts and message-status.ts, side by side. */
export const messageStatements = {
  insertMessages(tables, columns) {
    const allowed = rowsOf<NewMessage>(columns).filter(({ test }) => test || !refuses(tables));
    return allowed.map((message) => {
      const dueAt = Math.max(tables.nowMs, message.sendAt?.getTime() ?? 0);
      const { id, owner, to: toNumber, body, encoding, segments, reference, test } = message;
      tables.messages.set(id, {
        ...NEW,
        ...{ id, owner, toNumber, body, encoding, segments, reference, test },
        nextAttemptAt: dueAt,
        validUntil: dueAt + message.validitySeconds * 1_000,
        createdAt: tables.nowMs,
      });
      return { id };
    });
  },

  findMessage: (tables, { id, owner }) => {
    const row = tables.messages.get(id);
    return row && row.owner === owner ? [toRow(tables, row)] : [];
  },

  claimMessages(tables, columns) {
    return rowsOf<MessageClaim>(columns).flatMap(({ id, epoch, claim }) => {
      const row = tables.messages.get(id);
      if (row?.epoch !== epoch || row.state !== 'ready' || (!row.test && refuses(tables))) return [];
      if (row.nextAttemptAt > tables.after(1) || row.validUntil <= tables.nowMs) return [];
      return changed(tables, row, {
        state: 'calling',
        claim,
        callStartedAt: tables.nowMs,
        callFinishedAt: null,
        calls: row.calls + 1,
        repeatedCalls: row.repeatedCalls + (row.calledEpoch === epoch ? 1 : 0),
        calledEpoch: epoch,
      });
    });
  },

  postponeMessage(tables, { id, epoch, seconds }) {
    const row = tables.messages.get(id);
    if (row?.epoch !== epoch || row.state !== 'ready' || row.test) return [];
    const nextAttemptAt = tables.after(seconds);
    return changed(tables, row, { epoch: epoch + 1, nextAttemptAt, nudgedAt: tables.nowMs });
  },

  settleSent(tables, columns) {
    const undo = tables.snapshot();
    try {
      if (columns.test.includes(false)) moneyStatements.noteAnswering(tables, { first: 'twilio' });
      return rowsOf<SentMessage>(columns).flatMap(({ providerSid, providerStatus, rank, ...held }) => {
        const callFinishedAt = tables.nowMs;
        return changed(tables, heldRow(tables, held), {
          state: 'sent',
          ...{ providerSid, providerStatus, providerRank: rank, callFinishedAt },
        });
      });
    } catch (error) {
      undo();
      throw error;
    }
  },

  settleFailed(tables, { error, providerErrorCode, errorMessage, ...held }) {
    const callFinishedAt = tables.nowMs;
    const failure = { error, providerErrorCode, errorMessage, callFinishedAt };
    return changed(tables, heldRow(tables, held), { state: 'failed', ...failure });
  },

  settleNotSent(tables, { delayMs, lastError, lastMessage, ...held }) {
    return changed(tables, heldRow(tables, held), {
      state: 'ready',
      epoch: held.epoch + 1,
      claim: null,
      nudgedAt: tables.nowMs,
      nextAttemptAt: tables.nowMs + delayMs,
      error: lastError,
      errorMessage: lastMessage,
    });
  },

  settleUnknown(tables, { windowSeconds, firstLookSeconds, ...held }) {
    const row = heldRow(tables, held);
    if (row?.state !== 'calling') return [];
    const lookUntil = tables.after(windowSeconds);
    const nextAttemptAt = tables.after(firstLookSeconds);
    return changed(tables, row, {
      state: 'unknown',
      ...{ callFinishedAt: tables.nowMs, lookups: 0, lookUntil, nextAttemptAt },
    });
  },

  freeAdoptedSid(tables, { id, providerSid }) {
    const twin = [...tables.messages.values()].find(
      (row) => row.providerSid === providerSid && row.id !== id && row.adopted && row.state === 'sent',
    );
    return changed(tables, twin, {
      state: 'unknown',
      ...{ providerSid: null, adopted: false, providerStatus: null, providerRank: -1, lookups: 0 },
      nextAttemptAt: tables.nowMs,
      lookUntil: tables.after(60),
    });
  },

  failRefused(tables, { id, owner }) {
    const row = tables.messages.get(id);
    if (row?.owner !== owner || row.state !== 'ready' || row.error !== 'provider_refused') return [];
    tables.changeMessage(row, { state: 'failed' });
    return [{ errorMessage: row.errorMessage ?? '' }];
  },

  takeDueMessages(tables, { limit, quietSeconds }) {
    const quiet = tables.after(-quietSeconds);
    const due = (row: MessageRecord) =>
      row.state === 'ready' &&
      row.nextAttemptAt < tables.after(-1) &&
      row.validUntil > tables.nowMs &&
      (row.nudgedAt ?? Number.NEGATIVE_INFINITY) < quiet;
    return all(tables, limit, due, 'nextAttemptAt').map((row) => {
      return tables.changeMessage(row, { nudgedAt: tables.nowMs });
    });
  },

  expireMessages(tables, { first: limit }) {
    const over = (row: MessageRecord) => row.state === 'ready' && row.validUntil <= tables.nowMs;
    return all(tables, limit, over, 'validUntil').map((row) => {
      const obstacle = row.errorMessage === null ? '.' : `; the last obstacle: ${row.errorMessage}`;
      const errorMessage = `Its validity ended before it could be sent${obstacle}`;
      return tables.changeMessage(row, { state: 'failed', error: 'expired', errorMessage });
    });
  },

  abandonCalls(tables, { olderThanSeconds, windowSeconds, firstLookSeconds, limit }) {
    const started = tables.after(-olderThanSeconds);
    const gone = (row: MessageRecord) => row.state === 'calling' && (row.callStartedAt ?? 0) < started;
    const lookUntil = tables.after(windowSeconds);
    const nextAttemptAt = tables.after(firstLookSeconds);
    return all(tables, limit, gone, 'callStartedAt').map((row) =>
      tables.changeMessage(row, { state: 'unknown', lookups: 0, lookUntil, nextAttemptAt }),
    );
  },

  takeLookups(tables, { limit, leaseSeconds, testOnly }) {
    const due = (row: MessageRecord) =>
      row.state === 'unknown' && row.nextAttemptAt <= tables.nowMs && (row.test || !testOnly);
    const nextAttemptAt = tables.after(leaseSeconds);
    return all(tables, limit, due, 'nextAttemptAt').map((row) =>
      toRow(tables, tables.changeMessage(row, { nextAttemptAt })),
    );
  },

  ownedSids: (tables, { first: sids }) =>
    [...tables.messages.values()]
      .filter((row) => row.providerSid !== null && sids.includes(row.providerSid))
      .map((row) => ({ sid: row.providerSid })),

  adoptSid(tables, { id, epoch, providerSid, providerStatus, rank, state, ...failure }) {
    return changed(tables, unknownRow(tables, { id, epoch }), {
      state: state as MessageRecord['state'],
      ...{ providerSid, providerStatus, providerRank: rank, adopted: true },
      ...failure,
    });
  },

  countLookup(tables, key) {
    const row = unknownRow(tables, key);
    const nextAttemptAt = Math.max(row?.lookUntil ?? 0, tables.nowMs);
    return changed(tables, row, { lookups: (row?.lookups ?? 0) + 1, nextAttemptAt });
  },

  postponeLookup: (tables, { seconds, ...key }) =>
    changed(tables, unknownRow(tables, key), { nextAttemptAt: tables.after(seconds) }),

  resendProvenAbsent(tables, key) {
    const row = unknownRow(tables, key);
    if (!row || row.validUntil <= tables.nowMs) return [];
    const now = tables.nowMs;
    return changed(tables, row, {
      ...{ state: 'ready', epoch: key.epoch + 1, claim: null, nextAttemptAt: now, nudgedAt: now },
    });
  },

  failUnknown: (tables, { error, errorMessage, ...key }) =>
    changed(tables, unknownRow(tables, key), { state: 'failed', error, errorMessage }),

  insertMessageEvent(tables, { id, providerSid, providerStatus }) {
    if (!tables.messages.has(id)) return [];
    tables.messageEvents.push({ messageId: id, providerSid, providerStatus });
    return [{}];
  },

  advanceMessage(tables, { id, providerSid, providerStatus, rank, state, ...failure }) {
    const row = tables.messages.get(id);
    if (!row || !UNMOVED.includes(row.state) || row.providerRank >= rank) return [];
    if (row.providerSid !== null && row.providerSid !== providerSid) return [];
    const { error, errorMessage } = failure;
    const providerErrorCode = failure.providerErrorCode ?? row.providerErrorCode;
    return changed(tables, row, {
      ...{ state, providerSid, providerStatus, providerRank: rank, adopted: false },
      ...{ providerErrorCode, error, errorMessage },
    });
  },
} satisfies Statements;

const NEW = {
  state: 'ready',
  epoch: 1,
  claim: null,
  nudgedAt: null,
  callStartedAt: null,
  callFinishedAt: null,
  lookUntil: null,
  lookups: 0,
  providerSid: null,
  adopted: false,
  providerStatus: null,
  providerRank: -1,
  error: null,
  providerErrorCode: null,
  errorMessage: null,
  calls: 0,
  calledEpoch: 0,
  repeatedCalls: 0,
  toldSent: false,
} as const;

function refuses(tables: Tables): boolean {
  return (tables.health.get('twilio')?.refusesUntil ?? 0) > tables.nowMs;
}

function heldRow(tables: Tables, held: { id: string; epoch: number; claim: string }) {
  const row = tables.messages.get(held.id);
  const mine = row?.epoch === held.epoch && row.claim === held.claim;
  return mine && (row.state === 'calling' || row.state === 'unknown') ? row : undefined;
}

function unknownRow(tables: Tables, key: { id: string; epoch: number }) {
  const row = tables.messages.get(key.id);
  return row?.epoch === key.epoch && row.state === 'unknown' ? row : undefined;
}

function all(
  tables: Tables,
  limit: number,
  fits: (row: MessageRecord) => boolean,
  order: 'nextAttemptAt' | 'validUntil' | 'callStartedAt',
): MessageRecord[] {
  return leastFirst(tables.messages.values(), limit, fits, (row) => row[order]);
}

function changed(tables: Tables, row: MessageRecord | undefined, changes: Partial<MessageRecord>) {
  return row ? [toRow(tables, tables.changeMessage(row, changes))] : [];
}

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

function toRow(tables: Tables, row: MessageRecord): MessageRow {
  return {
    ...row,
    to: row.toNumber,
    nextAttemptAt: new Date(row.nextAttemptAt),
    validUntil: new Date(row.validUntil),
    secondsValid: Math.floor((row.validUntil - tables.nowMs) / 1_000),
    callStartedAt: date(row.callStartedAt),
    callFinishedAt: date(row.callFinishedAt),
    lookOver: row.lookUntil !== null && row.lookUntil <= tables.nowMs,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(tables.nowMs),
    readAt: new Date(tables.nowMs),
  };
}
