import type { LedgerRecord, WalletRecord } from './records.ts';
import type { Statements } from './statements.ts';
import { sqlError, type Tables } from './tables.ts';

/** From which account to which, and what it does to balance and held amount. */
const SIDES = {
  credit: { from: 'funding', to: 'available', balance: 1n, held: 0n },
  debit: { from: 'available', to: 'funding', balance: -1n, held: 0n },
  hold: { from: 'available', to: 'held', balance: 0n, held: 1n },
  capture: { from: 'held', to: 'revenue', balance: -1n, held: -1n },
  release: { from: 'held', to: 'available', balance: 0n, held: -1n },
} as const;

/** libs/store/wallets.ts (the functions wallet_move and book_provider_cost) and provider-health.ts. */
export const moneyStatements = {
  moveMoney(tables, { userId, kind, amountMicros, reason, reference, activationId }) {
    const side = SIDES[kind];
    const wallet = tables.wallets.get(userId);
    const movement = {
      ...{ kind, userId, providerId: null, activationId: activationId ?? null },
      ...{ reference: reference ?? null, amountMicros, reason },
    };
    if (isKnown(tables, movement)) return wallet ? [result(wallet, true)] : [];
    if (!wallet) throw sqlError('SX404');
    const available = wallet.balanceMicros - wallet.heldMicros;
    if ((kind === 'debit' || kind === 'hold') && available < amountMicros) {
      throw sqlError('SX402', String(available));
    }
    const after = {
      balanceMicros: wallet.balanceMicros + side.balance * amountMicros,
      heldMicros: wallet.heldMicros + side.held * amountMicros,
      version: wallet.version + 1,
    };
    if (after.heldMicros < 0n || after.balanceMicros < after.heldMicros) throw sqlError('23514');
    tables.wallets.set(userId, after);
    post(tables, movement, [side.from, side.to]);
    return [result(after, false)];
  },

  findWallet(tables, { first: userId }) {
    const wallet = tables.wallets.get(userId);
    return wallet ? [{ userId, ...wallet }] : [];
  },

  bookProviderCost(tables, { providerId, kind, amountMicros, reason, activationId }) {
    const cost = { kind, userId: null, providerId, activationId, reference: null, amountMicros, reason };
    if (isKnown(tables, cost)) return [{ booked: false }];
    post(tables, cost, ['provider', kind]);
    return [{ booked: true }];
  },

  findRefusal(tables, { first: provider }) {
    const health = tables.health.get(provider);
    if (!health?.refusesUntil || health.refusesUntil <= tables.nowMs) return [];
    const { message, reason, refusesUntil } = health;
    return [{ message, reason, secondsLeft: (refusesUntil - tables.nowMs) / 1_000 }];
  },

  noteRefusal(tables, { provider, reason, message, seconds }) {
    const failures = tables.health.get(provider)?.failures ?? 0;
    tables.health.set(provider, { refusesUntil: tables.after(seconds), reason, message, failures });
    return [{}];
  },

  noteUnreachable(tables, { provider, message, threshold, seconds }) {
    const known = tables.health.get(provider);
    const old = known ?? { refusesUntil: null, reason: null, message: null, failures: 0 };
    const failures = old.failures + 1;
    // The first failure is inserted as it is; only later ones are compared with the threshold.
    const refusing = known !== undefined && failures >= threshold;
    const refusal = { refusesUntil: tables.after(seconds), reason: 'unreachable', message };
    tables.health.set(provider, { ...old, failures, ...(refusing ? refusal : {}) });
    return [{}];
  },

  noteAnswering(tables, { first: provider }) {
    const health = tables.health.get(provider);
    if (!health || (health.failures === 0 && health.refusesUntil === null)) return [];
    tables.health.set(provider, { refusesUntil: null, reason: null, message: null, failures: 0 });
    return [{}];
  },
} satisfies Statements;

/** The unique keys of ledger_transactions. */
function isKnown(tables: Tables, movement: LedgerRecord): boolean {
  const ends = (kind: string) => kind === 'capture' || kind === 'release';
  return tables.ledger.some((other) => {
    const sameReference =
      movement.reference !== null &&
      movement.reference === other.reference &&
      movement.userId === other.userId;
    const sameRental = movement.activationId !== null && movement.activationId === other.activationId;
    return (
      sameReference ||
      (sameRental && (movement.kind === other.kind || (ends(movement.kind) && ends(other.kind))))
    );
  });
}

function post(tables: Tables, movement: LedgerRecord, [from, to]: [string, string]): void {
  tables.ledger.push(movement);
  const { amountMicros } = movement;
  const ofUser = (account: string) =>
    account === 'available' || account === 'held' ? movement.userId : null;
  tables.postings.push(
    { transaction: movement, account: from, userId: ofUser(from), amountMicros: -amountMicros },
    { transaction: movement, account: to, userId: ofUser(to), amountMicros },
  );
}

function result({ balanceMicros, heldMicros }: WalletRecord, repeated: boolean) {
  return { repeated, balanceMicros, heldMicros };
}
