import fc from 'fast-check';
import t from 'tap';
import { PublicError } from '#libs/domain';
import type { Database } from '#libs/platform';
import {
  bookProviderCost,
  findWallet,
  listWalletEntries,
  type Movement,
  type MovementResult,
  moveMoney,
} from '#libs/store';
import { createTestDatabase } from '../../helpers/services.ts';
import { history, PlainAccount } from './plain-account.ts';
import { brokenRules, credit, newWallet, openTestDatabase } from './wallet-fixtures.ts';

const CHECK_VIOLATION = '23514';

t.test('movements', async (t) => {
  const db = openTestDatabase(t, await createTestDatabase(t));

  await t.test('each movement is two postings that sum to zero, and one entry', async (t) => {
    const userId = await newWallet(db);
    await moveMoney(db, credit(userId, 10n));
    await moveMoney(db, { userId, kind: 'debit', amountMicros: 1n, reason: 'correction' });
    await moveMoney(db, { userId, kind: 'hold', amountMicros: 4n, reason: 'rental', activationId: 1 });
    await moveMoney(db, { userId, kind: 'capture', amountMicros: 4n, reason: 'code', activationId: 1 });
    await moveMoney(db, { userId, kind: 'hold', amountMicros: 2n, reason: 'rental', activationId: 2 });
    await moveMoney(db, { userId, kind: 'release', amountMicros: 2n, reason: 'expired', activationId: 2 });
    t.same(await postingsOf(db, userId), [
      'credit available 10, funding -10',
      'debit available -1, funding 1',
      'hold available -4, held 4',
      'capture held -4, revenue 4',
      'hold available -2, held 2',
      'release available 2, held -2',
    ]);
    const entries = await listWalletEntries(db, userId, 10);
    t.same(
      entries.map((entry) => `${entry.version} ${entry.kind} ${entry.balanceMicros} ${entry.heldMicros}`),
      ['6 release 5 0', '5 hold 5 2', '4 capture 5 0', '3 hold 9 4', '2 debit 9 0', '1 credit 10 0'],
    );
    t.same(await brokenRules(db), []);
  });

  await t.test('the same reference moves money once, and for each wallet by itself', async (t) => {
    const userId = await newWallet(db);
    const other = await newWallet(db);
    const paid = { ...credit(userId, 5n), reference: 'invoice 7' };
    t.match(await moveMoney(db, paid), { repeated: false, balanceMicros: 5n });
    t.match(await moveMoney(db, { ...paid, amountMicros: 9n }), { repeated: true, balanceMicros: 5n });
    t.match(await moveMoney(db, { ...paid, userId: other }), { repeated: false, balanceMicros: 5n });
  });

  await t.test('what is not there cannot be held or taken', async (t) => {
    const userId = await newWallet(db);
    await moveMoney(db, credit(userId, 500_000n));
    const hold: Movement = {
      userId,
      kind: 'hold',
      amountMicros: 500_001n,
      reason: 'rental',
      activationId: 11,
    };
    for (const movement of [hold, { ...hold, kind: 'debit' as const }]) {
      const error = await moveMoney(db, movement).catch((thrown: unknown) => thrown);
      t.ok(error instanceof PublicError && error.code === 'insufficient_funds', movement.kind);
      t.match(error, { details: { required: '0.500001', available: '0.50' } });
    }
    t.match(
      await moveMoney(db, { ...hold, amountMicros: 500_000n }),
      { repeated: false },
      'nothing was left behind',
    );
    t.match(await findWallet(db, userId), { balanceMicros: 500_000n, heldMicros: 500_000n });
  });

  await t.test('a hold ends once: captured or released', async (t) => {
    const userId = await newWallet(db);
    await moveMoney(db, credit(userId, 9n));
    const hold: Movement = { userId, kind: 'hold', amountMicros: 3n, reason: 'rental', activationId: 21 };
    await moveMoney(db, hold);
    t.match(await moveMoney(db, hold), { repeated: true, heldMicros: 3n });
    t.match(await moveMoney(db, { ...hold, kind: 'capture' }), { repeated: false, balanceMicros: 6n });
    t.match(await moveMoney(db, { ...hold, kind: 'release' }), {
      repeated: true,
      balanceMicros: 6n,
      heldMicros: 0n,
    });
    t.match(await moveMoney(db, { ...hold, kind: 'capture' }), { repeated: true, balanceMicros: 6n });
  });

  await t.test('amounts below zero, unknown kinds and wallets that do not exist are refused', async (t) => {
    const userId = await newWallet(db);
    await t.rejects(moveMoney(db, credit(userId, -1n)), { code: CHECK_VIOLATION });
    await t.rejects(db.query(`SELECT wallet_move($1, 'gift', 1, 'r', NULL, NULL)`, [userId]), {
      code: CHECK_VIOLATION,
    });
    await t.rejects(moveMoney(db, credit(2_000_000_000, 1n)));
    await db.query(`INSERT INTO users (id, name) VALUES (1000000, 'without a wallet')`);
    await t.rejects(moveMoney(db, credit(1_000_000, 1n)), { code: 'SX404' });
  });

  await t.test('postings that do not sum to zero are refused', async (t) => {
    const insert = (rows: string) =>
      db.query(`INSERT INTO ledger_postings (transaction_id, account, amount_micros) VALUES ${rows}`);
    await t.rejects(insert(`(900001, 'funding', 5), (900001, 'revenue', -4)`), { code: CHECK_VIOLATION });
    await t.rejects(insert(`(900002, 'funding', 0)`), { code: CHECK_VIOLATION }, 'one side is none');
    await t.rejects(insert(`(900003, 'funding', 5), (900004, 'revenue', -5)`), { code: CHECK_VIOLATION });
  });

  await t.test('what a rental cost us is booked once of each kind', async (t) => {
    const cost = { providerId: 1, kind: 'cost', amountMicros: 7n, reason: 'code', activationId: 31 } as const;
    t.equal(await bookProviderCost(db, cost), true);
    t.equal(await bookProviderCost(db, cost), false);
    t.equal(await bookProviderCost(db, { ...cost, kind: 'suspense' }), true);
    t.same(await brokenRules(db), []);
  });

  await t.test('holds at the same time never take more than there is', async (t) => {
    const userId = await newWallet(db);
    await moveMoney(db, credit(userId, 75n));
    const holds = Array.from({ length: 20 }, (_, index) =>
      moveMoney(db, {
        userId,
        kind: 'hold',
        amountMicros: 10n,
        reason: 'rental',
        activationId: 100 + index,
      }).then(
        () => 'held',
        (error: PublicError) => error.code,
      ),
    );
    const results = await Promise.all(holds);
    t.equal(results.filter((result) => result === 'held').length, 7);
    t.equal(results.filter((result) => result === 'insufficient_funds').length, 13);
    t.match(await findWallet(db, userId), { balanceMicros: 75n, heldMicros: 70n });
    t.same(await brokenRules(db), []);
  });

  await t.test('one movement asked for by many at the same time is made once', async (t) => {
    const userId = await newWallet(db);
    const many = (movement: Movement) =>
      Promise.all(Array.from({ length: 10 }, () => moveMoney(db, movement)));
    const made = (results: MovementResult[]) => results.filter((result) => !result.repeated).length;
    t.equal(made(await many({ ...credit(userId, 8n), reference: 'once' })), 1);
    t.equal(
      made(await many({ userId, kind: 'hold', amountMicros: 8n, reason: 'rental', activationId: 200 })),
      1,
    );
    const [captures, releases] = await Promise.all([
      many({ userId, kind: 'capture', amountMicros: 8n, reason: 'code', activationId: 200 }),
      many({ userId, kind: 'release', amountMicros: 8n, reason: 'expired', activationId: 200 }),
    ]);
    t.equal(made(captures) + made(releases), 1, 'a code and an expiry at once: one of them moves the money');
    t.match(await findWallet(db, userId), { heldMicros: 0n });
    t.same(await brokenRules(db), []);
  });

  await t.test('any history leaves what a plain account would hold', async (t) => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const model = new PlainAccount(await newWallet(db));
        for (const step of steps) await model.compare(db, step);
        const entries = await listWalletEntries(db, model.userId, 1_000);
        const versions = entries.map((entry) => Number(entry.version)).reverse();
        if (versions.some((version, index) => version !== index + 1)) throw new Error(`versions ${versions}`);
        if (versions.length !== model.movements) throw new Error(`${versions.length} entries`);
      }),
      { numRuns: 40 },
    );
    t.same(await brokenRules(db), []);
  });
});

async function postingsOf(db: Database, userId: number): Promise<string[]> {
  const { rows } = await db.query<{ line: string }>(
    `SELECT t.kind || ' ' || string_agg(p.account || ' ' || p.amount_micros, ', ' ORDER BY p.account) AS line
     FROM ledger_transactions t JOIN ledger_postings p ON p.transaction_id = t.id
     WHERE t.user_id = $1 GROUP BY t.id, t.kind ORDER BY t.id`,
    [userId],
  );
  return rows.map((row) => row.line);
}
