import { changed, toRow } from './activation-row.ts';
import type { ActivationRecord } from './records.ts';
import { leastFirst, type Statements } from './statements.ts';
import type { Tables } from './tables.ts';

const BEFORE_A_CODE = ['pending', 'buying', 'purchase_unknown', 'active'];

/** libs/store/commands.ts. */
export const commandStatements = {
  requestCancel(tables, { id, userId }) {
    const row = tables.activations.get(id);
    if (row?.userId !== userId || !BEFORE_A_CODE.includes(row.state)) return [];
    const active = row.state === 'active';
    const first = row.cancelRequestedAt === null;
    return changed(tables, row, {
      cancelRequestedAt: row.cancelRequestedAt ?? tables.nowMs,
      command: active ? 'cancel' : null,
      commandEpoch: row.commandEpoch + (active && first ? 1 : 0),
      commandAnswer: first ? null : row.commandAnswer,
      commandNextAt: active ? (first ? tables.nowMs : row.commandNextAt) : null,
    });
  },

  requestCommand(tables, { id, userId, command }) {
    const row = tables.activations.get(id);
    if (row?.userId !== userId || row.state !== 'received') return [];
    const commandEpoch = row.commandEpoch + 1;
    return changed(tables, row, {
      ...{ command, commandEpoch, commandAnswer: null, commandNextAt: tables.nowMs },
    });
  },

  requestByClock(tables, { graceSeconds, limit }) {
    const over = (row: ActivationRecord) => {
      if ((row.state !== 'active' && row.state !== 'received') || row.command !== null) return false;
      const grace = row.state === 'active' ? graceSeconds : 0;
      return row.expiresAt !== null && row.expiresAt < tables.after(-grace);
    };
    return leastFirst(tables.activations.values(), limit, over, (row) => row.expiresAt).map((row) => {
      const command = row.state === 'active' ? 'cancel' : 'finish';
      const epoch = row.commandEpoch + 1;
      const { nowMs } = tables;
      const times = { commandNextAt: nowMs, commandNudgedAt: nowMs };
      tables.changeActivation(row, { command, commandEpoch: epoch, ...times, commandAnswer: null });
      return { id: row.id, epoch, command };
    });
  },

  claimCommand(tables, { id, command, epoch }) {
    const row = commanded(tables, { id, command, epoch });
    if (!row || !isLive(row) || row.commandClaimedEpoch >= epoch) return [];
    if (row.commandNextAt === null || row.commandNextAt > tables.after(1)) return [];
    const claimed = {
      commandClaimedEpoch: epoch,
      commandClaimedAt: tables.nowMs,
      commandCalls: row.commandCalls + 1,
      commandRepeatedCalls: row.commandRepeatedCalls + (row.commandClaimedEpoch === epoch ? 1 : 0),
    };
    return [toRow(tables, tables.changeActivation(row, claimed))];
  },

  postponeCommand(tables, { answer, delayMs, notBefore, ...key }) {
    const row = commanded(tables, key);
    if (!row || !isLive(row)) return [];
    return changed(tables, row, {
      commandEpoch: key.epoch + 1,
      commandAnswer: answer ?? row.commandAnswer,
      commandNudgedAt: tables.nowMs,
      commandNextAt: Math.max(tables.nowMs + delayMs, notBefore?.getTime() ?? 0),
    });
  },

  settleResend(tables, key) {
    const row = commanded(tables, key);
    if (row?.state !== 'received') return [];
    return changed(tables, row, {
      ...{ command: null, commandNextAt: null, commandAnswer: 'done', expectingCode: true },
    });
  },

  dropCommand: (tables, { first: answer, ...key }) =>
    changed(tables, commanded(tables, key), { command: null, commandNextAt: null, commandAnswer: answer }),

  takeDueCommands(tables, { limit, quietSeconds, staleSeconds }) {
    const due = (row: ActivationRecord) =>
      row.command !== null &&
      row.commandNextAt !== null &&
      row.commandNextAt < tables.after(-1) &&
      (row.commandNudgedAt ?? Number.NEGATIVE_INFINITY) < tables.after(-quietSeconds) &&
      (row.commandClaimedEpoch < row.commandEpoch ||
        (row.commandClaimedAt !== null && row.commandClaimedAt < tables.after(-staleSeconds)));
    const rows = leastFirst(tables.activations.values(), limit, due, (row) => row.commandNextAt);
    return rows.map((row) => {
      const epoch = row.commandEpoch + (row.commandClaimedEpoch >= row.commandEpoch ? 1 : 0);
      tables.changeActivation(row, { commandNudgedAt: tables.nowMs, commandEpoch: epoch });
      return { id: row.id, epoch, command: row.command };
    });
  },
} satisfies Statements;

function commanded(tables: Tables, key: { id: number; command: string; epoch: number }) {
  const row = tables.activations.get(key.id);
  return row?.command === key.command && row.commandEpoch === key.epoch ? row : undefined;
}

function isLive(row: ActivationRecord): boolean {
  return row.state === 'active' || row.state === 'received';
}
