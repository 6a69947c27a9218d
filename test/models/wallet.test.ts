import fc from 'fast-check';
import t from 'tap';
import { PublicError } from '#libs/domain';
import type { Database } from '#libs/platform';
import { findWallet, listWalletEntries, type Movement, moveMoney, type WalletEntry } from '#libs/store';
import { createTestDatabase } from '../helpers/services.ts';
import { history, PlainAccount, type Step } from '../libs/store/plain-account.ts';
import { brokenRules, newWallet, openTestDatabase } from '../libs/store/wallet-fixtures.ts';
import { modelSettings } from './settings.ts';

const settings = modelSettings(60);

t.test(`a wallet is a plain account, whoever moves its money at once (seed ${settings.seed})`, async (t) => {
  const db = openTestDatabase(t, await createTestDatabase(t));

  await t.test('one movement after the other', async (t) => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const model = new PlainAccount(await newWallet(db));
        for (const step of steps) await model.compare(db, step);
        const entries = await listWalletEntries(db, model.userId, 1_000);
        const versions = entries.map((entry) => Number(entry.version)).reverse();
        if (versions.some((version, index) => version !== index + 1)) throw new Error(`versions ${versions}`);
        if (versions.length !== model.movements) throw new Error(`${versions.length} entries`);
      }),
      settings,
    );
    t.same(await brokenRules(db), []);
  });

  await t.test('many at once have some order in which a plain account does the same', async (t) => {
    await fc.assert(
      fc.asyncProperty(rounds, async (history) => {
        const wallet = await newWallet(db);
        for (const round of history) await moveAtOnce(db, wallet, round);
        await requireReplayable(db, wallet);
      }),
      settings,
    );
    t.same(await brokenRules(db), []);
  });
});

const rounds = fc.array(
  fc.array(
    fc.record({
      kind: fc.constantFrom<Step['kind']>('credit', 'debit', 'hold', 'capture', 'release'),
      amount: fc.bigInt({ min: 0n, max: 40n }),
      which: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  { maxLength: 6 },
);

/** Amounts of holds belong to their rental, so that whoever ends one knows how much was held. */
const AMOUNTS = [3n, 7n, 11n, 13n] as const;

function movementOf(userId: number, { kind, amount, which }: Step): Movement {
  const movement = { userId, kind, reason: 'model' };
  if (kind === 'credit' || kind === 'debit') {
    return { ...movement, amountMicros: amount, ...(which > 0 ? { reference: `reference ${which}` } : {}) };
  }
  return { ...movement, amountMicros: AMOUNTS[which] ?? 3n, activationId: 1_000_000 + 10 * userId + which };
}

/** Moves all of a round at the same time. What was never held is not ended: in the services a rental has its hold. */
async function moveAtOnce(db: Database, userId: number, round: Step[]): Promise<void> {
  const { rows } = await db.query<{ activationId: number }>(
    `SELECT activation_id AS "activationId" FROM ledger_transactions WHERE user_id = $1 AND kind = 'hold'`,
    [userId],
  );
  const held = new Set(rows.map((row) => row.activationId));
  const movements = round
    .map((step) => movementOf(userId, step))
    .filter(
      ({ kind, activationId }) => (kind !== 'capture' && kind !== 'release') || held.has(activationId ?? 0),
    );
  const results = await Promise.all(
    movements.map((movement) =>
      moveMoney(db, movement).then(
        (result) => (result.repeated ? 'repeated' : 'moved'),
        (error: unknown) => {
          if (error instanceof PublicError && error.code === 'insufficient_funds') return error.code;
          throw error;
        },
      ),
    ),
  );
  for (const [index, movement] of movements.entries()) {
    const twins = movements.filter((other) => sameKey(other, movement)).length;
    const moved = movements.filter((other, at) => sameKey(other, movement) && results[at] === 'moved').length;
    if (twins > 1 && moved > 1) throw new Error(`${movement.kind} was moved ${moved} times at once`);
    if (results[index] === 'repeated' && !(await isBooked(db, movement))) {
      throw new Error(`${movement.kind} was told as repeated, but nobody made it`);
    }
  }
}

/** Two movements of which only one may be made. */
function sameKey(a: Movement, b: Movement): boolean {
  if (a.activationId !== undefined) {
    const ends = (kind: string) => kind === 'capture' || kind === 'release';
    return a.activationId === b.activationId && (a.kind === b.kind || (ends(a.kind) && ends(b.kind)));
  }
  return a.reference !== undefined && a.reference === b.reference;
}

async function isBooked(db: Database, movement: Movement): Promise<boolean> {
  const ends = ['capture', 'release'];
  const kinds = ends.includes(movement.kind) ? ends : [movement.kind];
  const { rowCount } = await db.query(
    `SELECT 1 FROM ledger_transactions
     WHERE user_id = $1 AND (reference = $2 OR (activation_id = $3 AND kind = ANY($4)))`,
    [movement.userId, movement.reference ?? null, movement.activationId ?? null, kinds],
  );
  return rowCount !== 0;
}

/** The wallet is what its own entries come to on two plain numbers, in the order of their versions. */
async function requireReplayable(db: Database, userId: number): Promise<void> {
  const entries = (await listWalletEntries(db, userId, 1_000)).reverse();
  const account = replay(entries);
  const ends = entries.filter(({ kind }) => kind === 'capture' || kind === 'release');
  const ended = new Set(ends.map((entry) => entry.activationId));
  if (ended.size !== ends.length) throw new Error('a hold ended twice');
  const wallet = await findWallet(db, userId);
  const same = wallet?.balanceMicros === account.balance && wallet.heldMicros === account.held;
  if (!same) throw new Error('the wallet is not its entries');
}

function replay(entries: WalletEntry[]): { balance: bigint; held: bigint } {
  const account = { balance: 0n, held: 0n };
  for (const [index, entry] of entries.entries()) {
    account.balance += (BALANCE[entry.kind] ?? 0n) * entry.amountMicros;
    account.held += (HELD[entry.kind] ?? 0n) * entry.amountMicros;
    const expected = `${index + 1}: ${account.balance} of which ${account.held}`;
    const told = `${entry.version}: ${entry.balanceMicros} of which ${entry.heldMicros}`;
    if (told !== expected) throw new Error(`${told} after ${entry.kind}, expected ${expected}`);
    if (account.balance < account.held || account.held < 0n) throw new Error(`${expected} is too little`);
  }
  return account;
}

const BALANCE: Record<string, bigint> = { credit: 1n, debit: -1n, capture: -1n };
const HELD: Record<string, bigint> = { hold: 1n, capture: -1n, release: -1n };
