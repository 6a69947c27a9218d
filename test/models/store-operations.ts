import type { Queryable } from '#libs/platform';
import * as store from '#libs/store';
import type { ActivationRecord, MessageRecord } from '../simulation/store/records.ts';
import type { Tables } from '../simulation/store/tables.ts';

/** Small numbers from which an operation makes its arguments. */
export interface Draw {
  which: number;
  a: number;
  b: number;
}

/** What the arguments are taken from: the rows as they are, or a little beside them. */
export interface Ground {
  tables: Tables;
  userId: number;
  newId: () => string;
}

type Operation = (ground: Ground, draw: Draw) => (db: Queryable) => Promise<unknown>;

const CLAIMS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
const STATUSES = ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed'] as const;
const LIFETIME = { lifetimeSeconds: 1_200, earliestCancelSeconds: 120 };

/** One for each mirrored function of libs/store, under its name; a table, and so longer than other files. */
export const OPERATIONS: Record<string, Operation> = {
  insertMessages({ newId }, { a, b }) {
    const message = (validitySeconds: number) => ({
      ...{ id: newId(), owner: 'u:1', apiKey: 'k', to: '+15550000001', body: Buffer.from('text') },
      ...{
        test: b % 4 === 3,
        encoding: 'gsm7',
        segments: 1,
        reference: null,
        callbackUrl: null,
        sendAt: null,
      },
      ...{ validitySeconds, idempotency: null },
    });
    const messages = a % 4 === 3 ? [message(90), message(600 + b)] : [message(a % 2 ? 90 : 600 + b)];
    return (db) => store.insertMessages(db, messages);
  },
  findMessage: (ground, draw) => (db) => store.findMessage(db, { ...messageKey(ground, draw), owner: 'u:1' }),
  claimMessages(ground, draw) {
    const claims = drawsOf(ground, draw).map((one) => ({ ...messageKey(ground, one), claim: claimOf(one) }));
    return (db) => store.claimMessages(db, claims);
  },
  postponeMessage: (ground, draw) => (db) =>
    store.postponeMessage(db, { ...messageKey(ground, draw), seconds: 1 + draw.b }),
  settleSent(ground, draw) {
    const sent = drawsOf(ground, draw).map((one) => ({
      ...{
        ...heldMessage(ground, one),
        providerSid: sid(one),
        providerStatus: 'queued',
        rank: 2,
        test: false,
      },
    }));
    return (db) => store.settleSent(db, sent);
  },
  settleFailed: (ground, draw) => (db) =>
    store.settleFailed(db, heldMessage(ground, draw), {
      error: 'other',
      providerErrorCode: '1',
      errorMessage: 'no',
    }),
  settleNotSent: (ground, draw) => (db) =>
    store.settleNotSent(db, heldMessage(ground, draw), {
      ...{ delayMs: 500 * draw.b, lastError: draw.b % 2 ? 'provider_refused' : null, lastMessage: 'no' },
    }),
  settleUnknown: (ground, draw) => (db) =>
    store.settleUnknown(db, heldMessage(ground, draw), { windowSeconds: 60, firstLookSeconds: 10 }),
  freeAdoptedSid: (ground, draw) => (db) =>
    store.freeAdoptedSid(db, { ...messageKey(ground, draw), providerSid: sid(draw) }),
  failRefused: (ground, draw) => (db) => store.failRefused(db, { ...messageKey(ground, draw), owner: 'u:1' }),
  takeDueMessages:
    (_ground, { b }) =>
    (db) =>
      store.takeDueMessages(db, { limit: 100, quietSeconds: b % 2 ? 5 : 30 }),
  expireMessages: () => (db) => store.expireMessages(db, 100),
  abandonCalls: () => (db) =>
    store.abandonCalls(db, { olderThanSeconds: 27, windowSeconds: 60, firstLookSeconds: 10, limit: 100 }),
  takeLookups:
    (_ground, { b }) =>
    (db) =>
      store.takeLookups(db, { limit: 100, leaseSeconds: 60, testOnly: b % 4 === 3 }),
  ownedSids: () => (db) => store.ownedSids(db, ['SM0', 'SM1', 'SM2']),
  adoptSid(ground, draw) {
    const providerStatus = STATUSES[draw.b % STATUSES.length] ?? 'sent';
    const state = draw.b % STATUSES.length < 3 ? 'sent' : providerStatus;
    const failure = { providerErrorCode: draw.a % 2 ? '30003' : null, error: null, errorMessage: null };
    const found = {
      ...messageKey(ground, draw),
      providerSid: sid(draw),
      providerStatus,
      rank: 4,
      state,
      ...failure,
    };
    return (db) => store.adoptSid(db, found);
  },
  countLookup: (ground, draw) => (db) => store.countLookup(db, messageKey(ground, draw)),
  postponeLookup: (ground, draw) => (db) =>
    store.postponeLookup(db, { ...messageKey(ground, draw), seconds: 3 }),
  resendProvenAbsent: (ground, draw) => (db) => store.resendProvenAbsent(db, messageKey(ground, draw)),
  failUnknown: (ground, draw) => (db) =>
    store.failUnknown(db, { ...messageKey(ground, draw), error: 'unknown_outcome', errorMessage: 'no word' }),
  insertMessageEvent: (ground, draw) => (db) => store.insertMessageEvent(db, heard(ground, draw)),
  advanceMessage: (ground, draw) => (db) => store.advanceMessage(db, heard(ground, draw)),

  insertRentals({ userId }, { a, b }) {
    const rental = (priceMicros: bigint) => ({
      ...{ userId, apiKey: 'k', providerId: 1, service: b % 3 ? 'tg' : 'wa', country: 22, clientRef: null },
      ...{
        priceMicros,
        maxCostMicros: 9n,
        callbackUrl: null,
        buySeconds: a % 2 ? 20 : 600,
        idempotency: null,
      },
    });
    const rentals = a % 4 === 3 ? [rental(10n), rental(40n), rental(2n)] : [rental(2n)];
    return (db) => store.insertRentals(db, rentals);
  },
  findActivation: (ground, draw) => (db) => store.findActivation(db, rentalKey(ground, draw)),
  loadActivations: (ground, draw) => (db) => store.loadActivations(db, [rentalKey(ground, draw).id]),
  loadAsked: (ground, draw) => (db) => store.loadAsked(db, [rentalKey(ground, draw).id]),
  findActivationByRef: (_ground, draw) => (db) =>
    store.findActivationByRef(db, { providerId: 1, providerRef: ref(draw) }),
  claimPurchases(ground, draw) {
    const claims = rentalDraws(ground, draw).map((one) => ({
      ...{ ...rentalKey(ground, one), claim: claimOf(one) },
    }));
    return (db) => store.claimPurchases(db, claims);
  },
  settlePurchased(ground, draw) {
    const sold = rentalDraws(ground, draw).map((one) => ({
      ...{ ...heldRental(ground, one), providerId: 1, providerRef: ref(one), phone: '+1', costMicros: 7n },
      ...LIFETIME,
    }));
    return (db) => store.settlePurchased(db, sold);
  },
  settleRefused: (ground, draw) => (db) =>
    store.settleRefused(db, heldRental(ground, draw), {
      ...{ reason: 'out_of_stock', message: 'none', currentPriceMicros: null },
    }),
  settleNotBought: (ground, draw) => (db) =>
    store.settleNotBought(db, heldRental(ground, draw), 500 * draw.b),
  settlePurchaseUnknown: (ground, draw) => (db) =>
    store.settlePurchaseUnknown(db, heldRental(ground, draw), 1_320),
  abandonPurchases: () => (db) =>
    store.abandonPurchases(db, { olderThanSeconds: 47, holdSeconds: 1_320, limit: 100 }),
  takeDuePurchases: () => (db) => store.takeDuePurchases(db, { limit: 100, quietSeconds: 5 }),
  endPending: (ground, draw) => (db) =>
    store.endPending(db, {
      ...{ id: rentalKey(ground, draw).id, state: draw.b % 2 ? 'cancelled' : 'refused' },
      ...{ reason: 'requested', message: 'over' },
    }),
  listPendingToEnd: () => (db) => store.listPendingToEnd(db, 100),
  listUnknownToRelease: () => (db) => store.listUnknownToRelease(db, 100),
  releaseUnknown: (ground, draw) => (db) => store.releaseUnknown(db, rentalKey(ground, draw).id),
  adoptPurchase: (_ground, draw) => (db) =>
    store.adoptPurchase(db, {
      ...{
        providerId: 1,
        providerRef: ref(draw),
        service: draw.a % 3 ? 'tg' : 'wa',
        country: 22,
        ...LIFETIME,
      },
    }),
  releaseNotBought: (ground, draw) => (db) => store.releaseNotBought(db, heldRental(ground, draw)),
  completePurchase: (ground, draw) => (db) =>
    store.completePurchase(db, {
      ...{ id: rentalKey(ground, draw).id, providerRef: ref(draw), phone: '+2', costMicros: 6n },
    }),
  listDeniedToRelease: () => (db) => store.listDeniedToRelease(db, { afterSeconds: 60, limit: 100 }),
  endDenied: (ground, draw) => (db) => store.endDenied(db, rentalKey(ground, draw).id),
  openRentalSuspense: (ground, draw) => (db) =>
    store.openRentalSuspense(db, {
      ...{
        kind: 'unknown_purchase',
        providerId: 1,
        providerRef: null,
        activationId: rentalKey(ground, draw).id,
      },
      ...{ amountMicros: 9n, costMicros: null, reason: 'doubt' },
    }),
  openOrphanSuspense: (ground, draw) => async (db) =>
    withoutId(
      await store.openOrphanSuspense(db, {
        ...{ providerId: 1, providerRef: ref(draw), activationId: rentalKey(ground, draw).id },
        ...{ costMicros: 7n, amountMicros: 7n },
      }),
    ),
  nameSuspense: (ground, draw) => async (db) =>
    withoutId(
      await store.nameSuspense(db, {
        ...{ activationId: rentalKey(ground, draw).id, providerRef: ref(draw), costMicros: 5n },
      }),
    ),

  requestCancel: (ground, draw) => (db) => store.requestCancel(db, rentalKey(ground, draw)),
  requestCommand: (ground, draw) => (db) =>
    store.requestCommand(db, { ...rentalKey(ground, draw), command: draw.b % 2 ? 'resend' : 'finish' }),
  requestByClock: () => (db) => store.requestByClock(db, { graceSeconds: 120, limit: 100 }),
  claimCommand: (ground, draw) => (db) => store.claimCommand(db, commandKey(ground, draw)),
  postponeCommand: (ground, draw) => (db) =>
    store.postponeCommand(db, commandKey(ground, draw), {
      answer: draw.b % 3 ? null : 'denied',
      delayMs: 1_000 * draw.b,
      notBefore: draw.b % 4 ? null : new Date(ground.tables.after(60)),
    }),
  settleResend: (ground, draw) => (db) => store.settleResend(db, commandKey(ground, draw)),
  dropCommand: (ground, draw) => (db) => store.dropCommand(db, commandKey(ground, draw), 'refused'),
  takeDueCommands: () => (db) => store.takeDueCommands(db, { limit: 100, quietSeconds: 5, staleSeconds: 27 }),

  insertCode: (ground, draw) => (db) => {
    const code = Buffer.from(`code ${draw.b % 3}`);
    const late = draw.a % 4 === 0;
    return store.insertCode(db, {
      activationId: rentalKey(ground, draw).id,
      ...{ code, codeHash: code, text: draw.b % 2 ? code : null, late },
    });
  },
  listCodes: (ground, draw) => async (db) =>
    (await store.listCodes(db, [rentalKey(ground, draw).id])).map(({ id: _id, ...code }) => code),
  lockActivation: (ground, draw) => (db) => store.lockActivation(db, rentalKey(ground, draw).id),
  markReceived: (ground, draw) => (db) => store.markReceived(db, rentalKey(ground, draw).id),
  markFurtherCode: (ground, draw) => (db) => store.markFurtherCode(db, rentalKey(ground, draw).id),
  markLateCode: (ground, draw) => (db) => store.markLateCode(db, rentalKey(ground, draw).id),
  markCancelled: (ground, draw) => (db) =>
    store.markCancelled(db, { id: rentalKey(ground, draw).id, reason: draw.b % 3 ? null : 'upstream' }),
  markFinished: (ground, draw) => (db) => store.markFinished(db, rentalKey(ground, draw).id),
  countUnusableAnswer: (ground, draw) => (db) =>
    store.countUnusableAnswer(db, {
      ...{ id: rentalKey(ground, draw).id, raw: Buffer.from('raw'), atLeast: draw.b % 2 ? 3 : 0 },
      denied: draw.b % 2 === 1,
    }),
  clearUnusableAnswers: (ground, draw) => (db) => store.clearUnusableAnswers(db, rentalKey(ground, draw).id),
  listLive: () => (db) => store.listLive(db, { afterId: 0, limit: 100 }),
  setCodeText: (ground, draw) => (db) =>
    store.setCodeText(db, {
      ...{ activationId: rentalKey(ground, draw).id, codeHash: Buffer.from(`code ${draw.b % 3}`) },
      text: Buffer.from('whole text'),
    }),
  insertPush: (_ground, draw) => async (db) => {
    const content = Buffer.from(`code ${draw.b % 3}`);
    const push = { providerId: 1, providerRef: ref(draw), service: 'tg', country: 22, content };
    return (await store.insertPush(db, { ...push, contentHash: content, hasCode: draw.b % 3 > 0 })) !== null;
  },
  listPushes: (_ground, draw) => async (db) =>
    (await store.listPushes(db, { providerId: 1, providerRef: ref(draw) })).map((push) => push.content),
  listUnclaimedPushes: () => async (db) =>
    (await store.listUnclaimedPushes(db, 600)).map((push) => push.providerRef).sort(),
  listUnheardPushes: () => async (db) =>
    (await store.listUnheardPushes(db, { afterSeconds: 5, withinSeconds: 600 })).map(
      (one) => one.activationId,
    ),

  moveMoney(ground, draw) {
    const kind = (['hold', 'capture', 'release', 'credit', 'debit'] as const)[draw.a % 5] ?? 'hold';
    const activationId = rentalKey(ground, draw).id;
    const ends = kind === 'capture' || kind === 'release';
    const hold = ground.tables.ledger.some((one) => one.activationId === activationId && one.kind === 'hold');
    // As in the services: only what was held is ended.
    if (ends && !hold) return async () => null;
    const movement = { userId: ground.userId, kind, amountMicros: 10n, reason: 'model' };
    const reference = `model ${draw.b % 3}`;
    const about = kind === 'credit' || kind === 'debit' ? { reference } : { activationId };
    return (db) => store.moveMoney(db, { ...movement, ...about });
  },
  findWallet:
    ({ userId }) =>
    (db) =>
      store.findWallet(db, userId),
  bookProviderCost: (ground, draw) => (db) =>
    store.bookProviderCost(db, {
      ...{ providerId: 1, kind: 'cost', amountMicros: 7n, reason: 'code' },
      activationId: rentalKey(ground, draw).id,
    }),
  findRefusal: () => (db) => store.findRefusal(db, 'twilio'),
  noteRefusal: () => (db) =>
    store.noteRefusal(db, { provider: 'twilio', reason: 'credentials', message: 'no', seconds: 30 }),
  noteUnreachable: () => (db) =>
    store.noteUnreachable(db, { provider: 'twilio', message: 'away', threshold: 2, seconds: 5 }),
  noteAnswering: () => (db) => store.noteAnswering(db, 'twilio'),
};

const NOBODY = '00000000-0000-4000-8000-000000000000';

function messageKey({ tables }: Ground, { which, a }: Draw): { id: string; epoch: number } {
  const row = [...tables.messages.values()].at(which % Math.max(1, tables.messages.size));
  return { id: row?.id ?? NOBODY, epoch: besideOf(row, a) };
}

function heldMessage(ground: Ground, draw: Draw) {
  const key = messageKey(ground, draw);
  return { ...key, claim: heldClaim(ground.tables.messages.get(key.id), draw) };
}

function rentalKey({ tables, userId }: Ground, { which, a }: Draw) {
  const row = [...tables.activations.values()].at(which % Math.max(1, tables.activations.size));
  return { id: row?.id ?? 0, userId: a === 7 ? userId + 1 : userId, epoch: besideOf(row, a) };
}

function heldRental(ground: Ground, draw: Draw) {
  const { id, epoch } = rentalKey(ground, draw);
  return { id, epoch, claim: heldClaim(ground.tables.activations.get(id), draw) };
}

function commandKey(ground: Ground, draw: Draw) {
  const { id } = rentalKey(ground, draw);
  const row = ground.tables.activations.get(id);
  const command = row?.command ?? 'cancel';
  return { id, command, epoch: (row?.commandEpoch ?? 1) - (draw.a === 0 ? 1 : 0) };
}

/** Mostly the row's own epoch, sometimes the one before. */
function besideOf(row: MessageRecord | ActivationRecord | undefined, a: number): number {
  return (row?.epoch ?? 1) - (a === 0 ? 1 : 0);
}

function heard(ground: Ground, draw: Draw) {
  const index = draw.a % STATUSES.length;
  const providerStatus = STATUSES[index] ?? 'sent';
  return {
    id: messageKey(ground, draw).id,
    ...{ providerSid: sid(draw), providerStatus, rank: index + 1 },
    state: index < 3 ? ('sent' as const) : (providerStatus as 'failed'),
    ...{ providerErrorCode: null, error: index < 3 ? null : 'x', errorMessage: null },
  };
}

/** Entries in suspense are numbered by each side for itself. */
function withoutId(entry: store.SuspenseEntry | null): object | null {
  return entry && { ...entry, id: null };
}

/** The row's own claim, or one time in four that of a zombie. */
function heldClaim(row: { claim: string | null } | undefined, draw: Draw): string {
  return draw.b % 4 === 3 ? NOBODY : (row?.claim ?? claimOf(draw));
}

const claimOf = ({ b }: Draw): string => CLAIMS[b % 2] ?? '';
const sid = ({ b }: Draw): string => `SM${b % 3}`;
const ref = ({ b }: Draw): string => `R${b % 3}`;

/** One time in two the row after it too. Not its own twin: which of those is taken, SQL does not say. */
const drawsOf = ({ tables }: Ground, draw: Draw): Draw[] => oneOrTwo(tables.messages.size, draw);
const rentalDraws = ({ tables }: Ground, draw: Draw): Draw[] => oneOrTwo(tables.activations.size, draw);

function oneOrTwo(size: number, draw: Draw): Draw[] {
  const both = draw.b % 2 === 1 && size > 1;
  return both ? [draw, { ...draw, which: draw.which + 1, b: draw.b + 1 }] : [draw];
}
