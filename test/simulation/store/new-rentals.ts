import type { NewRental } from '#libs/store';
import { moneyStatements } from './money.ts';
import { rowsOf, type Statements } from './statements.ts';
import type { Tables } from './tables.ts';

/** libs/store/new-rentals.ts (the function accept_rentals), without keys, which the simulation does not use. */
export const newRentalStatements = {
  insertRentals(tables, columns) {
    const rentals = rowsOf<NewRental>(columns);
    const ids = rentals.map((_rental, index) => tables.nextActivationId + index);
    tables.nextActivationId += rentals.length;
    return rentals.map((rental, index) => insert(tables, rental, ids[index] ?? 0));
  },
} satisfies Statements;

function insert(
  tables: Tables,
  rental: NewRental,
  id: number,
): { id: number | null; available: bigint | null } {
  const { userId, providerId, service, country, priceMicros, maxCostMicros, buySeconds } = rental;
  const wallet = tables.wallets.get(userId);
  const available = (wallet?.balanceMicros ?? 0n) - (wallet?.heldMicros ?? 0n);
  if (wallet && available < priceMicros) return { id: null, available };
  const hold = { userId, kind: 'hold', amountMicros: priceMicros, reason: 'rental' } as const;
  moneyStatements.moveMoney(tables, { ...hold, activationId: id });
  tables.activations.set(id, {
    ...NEW,
    ...{ id, userId, providerId, service, country, priceMicros, maxCostMicros },
    nextAttemptAt: tables.nowMs,
    buyUntil: tables.after(buySeconds),
    createdAt: tables.nowMs,
  });
  return { id, available: null };
}

const NEW = {
  providerRef: null,
  costMicros: null,
  phone: null,
  state: 'pending',
  reason: null,
  reasonMessage: null,
  currentPriceMicros: null,
  version: 1,
  epoch: 1,
  claim: null,
  nudgedAt: null,
  callStartedAt: null,
  purchasedAt: null,
  expiresAt: null,
  earliestCancelAt: null,
  releaseAt: null,
  expectingCode: true,
  lateCode: false,
  unusableAnswers: 0,
  cancelRequestedAt: null,
  command: null,
  commandEpoch: 0,
  commandClaimedEpoch: 0,
  commandClaimedAt: null,
  commandNextAt: null,
  commandNudgedAt: null,
  commandAnswer: null,
  calls: 0,
  calledEpoch: 0,
  repeatedCalls: 0,
  commandCalls: 0,
  commandRepeatedCalls: 0,
  deniedAt: null,
  endedAt: null,
} as const;
