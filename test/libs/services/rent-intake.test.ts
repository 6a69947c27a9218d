import t from 'tap';
import { PublicError } from '#libs/domain';
import type { Database } from '#libs/platform';
import { createRentIntake } from '#libs/services';
import { findIdempotency, findWallet, insertProvider, moveMoney, type NewRental } from '#libs/store';
import { counted } from '../../helpers/message-rows.ts';
import { newRental } from '../../helpers/rental-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';
import { brokenRules, credit, newWallet, openTestDatabase } from '../store/wallet-fixtures.ts';

t.test('rentals that come together', async (t) => {
  const { db, statements } = counted(openTestDatabase(t, await createTestDatabase(t)));
  await insertProvider(db, {
    ...{ kind: 'smsbower', name: 'one', apiUrl: 'https://provider.example/', credentials: Buffer.alloc(1) },
    ...{ callbackSecret: 'secret', requestsPerSecond: 0 },
  });
  const intake = createRentIntake(db);
  const accept = (rentals: NewRental[]) => Promise.allSettled(rentals.map((one) => intake.accept(one)));
  const walletWith = async (amountMicros: bigint) => {
    const userId = await newWallet(db);
    await moveMoney(db, credit(userId, amountMicros));
    return userId;
  };

  await t.test('share one statement, each with its own columns, hold and key', async (t) => {
    const users = [await walletWith(100n), await walletWith(100n)];
    const rentals = Array.from({ length: 40 }, (_, index) =>
      newRental(users[index % 2] ?? 0, {
        ...{
          priceMicros: BigInt(index % 5),
          service: `s${index}`,
          clientRef: `ref ${index}`,
          country: index,
        },
        idempotency: claimOf(`many ${index}`),
      }),
    );
    const before = statements();
    const results = await accept(rentals);
    t.equal(statements() - before, 1);
    const ids = results.map((result) => (result.status === 'fulfilled' ? result.value : null));
    for (const [index, rental] of rentals.entries()) {
      const { rows } = await db.query(
        `SELECT a.service, a.country, a.client_ref, a.price_micros, a.state, k.activation_id, t.amount_micros AS held
         FROM activations a JOIN idempotency_keys k ON k.activation_id = a.id AND k.key = $2
         JOIN ledger_transactions t ON t.activation_id = a.id AND t.kind = 'hold' AND t.user_id = a.user_id
         WHERE a.id = $1 AND a.user_id = $3`,
        [ids[index], `many ${index}`, rental.userId],
      );
      const { service, country, priceMicros } = rental;
      const row = { service, country, client_ref: rental.clientRef, price_micros: priceMicros };
      t.match(rows, [{ ...row, state: 'pending', held: priceMicros }]);
    }
    for (const userId of users) {
      const held = rentals
        .filter((one) => one.userId === userId)
        .reduce((sum, one) => sum + one.priceMicros, 0n);
      t.match(await findWallet(db, userId), { balanceMicros: 100n, heldMicros: held });
    }
    t.same(await brokenRules(db), []);
  });

  await t.test('who cannot pay fails alone, and frees its key', async (t) => {
    const [rich, poor] = [await walletWith(1_000n), await walletWith(10n)];
    const wanted = [8n, 5n, 2n, 1n].map((priceMicros, index) =>
      newRental(poor, { priceMicros, idempotency: claimOf(`poor ${index}`) }),
    );
    const before = statements();
    const results = await accept([newRental(rich), ...wanted, newRental(rich, { priceMicros: 1_000n })]);
    t.equal(statements() - before, 1, 'the others do not wait for that');
    t.same(
      results.map((result) => (result.status === 'fulfilled' ? typeof result.value : told(result.reason))),
      [
        '402 of 0.50, 0.001 available',
        ...['number', '402 of 0.000005, 0.000002 available', 'number'],
        ...['402 of 0.000001, 0.00 available', 'number'],
      ],
    );
    t.match(await findWallet(db, poor), { balanceMicros: 10n, heldMicros: 10n });
    t.match(await findWallet(db, rich), { balanceMicros: 1_000n, heldMicros: 1_000n });
    for (const [index, taken] of [true, false, true, false].entries()) {
      t.equal((await findIdempotency(db, claimOf(`poor ${index}`))) !== null, taken, `key ${index}`);
    }
    t.same(await brokenRules(db), []);
  });

  await t.test('one key is taken once, in one process or in two', async (t) => {
    const userId = await walletWith(100n);
    const twins = Array.from({ length: 10 }, () =>
      newRental(userId, { priceMicros: 10n, idempotency: claimOf('twin') }),
    );
    const other = createRentIntake(db);
    const results = await Promise.all([
      accept(twins),
      Promise.allSettled(twins.map((one) => other.accept(one))),
    ]);
    const ids = results.flat().map((result) => (result.status === 'fulfilled' ? result.value : 'failed'));
    t.equal(ids.filter((id) => typeof id === 'number').length, 1);
    t.equal(ids.filter((id) => id === null).length, 19);
    t.match(await findWallet(db, userId), { heldMicros: 10n });
    t.same(await brokenRules(db), []);
  });

  await t.test('a wallet that is emptied meanwhile is not overdrawn, and costs nobody else', async (t) => {
    const [rich, spender] = [await walletWith(100n), await walletWith(20n)];
    const [one, two] = [newRental(spender, { priceMicros: 9n }), newRental(spender, { priceMicros: 9n })];
    const results = await whileSpent(db, spender, 10n, () =>
      accept([one, newRental(rich, { priceMicros: 9n }), two]),
    );
    t.same(
      results.map((result) => (result.status === 'fulfilled' ? typeof result.value : told(result.reason))),
      ['number', 'number', '402 of 0.000009, 0.000001 available'],
    );
    t.match(await findWallet(db, spender), { balanceMicros: 10n, heldMicros: 9n });
    t.match(await findWallet(db, rich), { heldMicros: 9n });
    t.same(await brokenRules(db), []);
  });

  await t.test('are read in one statement, each by its own user only', async (t) => {
    const [mine, theirs] = [await walletWith(10n), await walletWith(10n)];
    const [own, other] = await Promise.all([
      intake.accept(newRental(mine, { priceMicros: 1n, service: 'own' })),
      intake.accept(newRental(theirs, { priceMicros: 1n, service: 'other' })),
    ]);
    const key = (id: number | null | undefined, userId: number) => ({ id: id ?? 0, userId });
    const before = statements();
    const rows = await Promise.all([
      intake.read(key(other, theirs)),
      intake.read(key(other, mine)),
      intake.read(key(2_000_000_000, mine)),
      intake.read(key(own, mine)),
    ]);
    t.equal(statements() - before, 1);
    t.match(rows, [{ id: other, service: 'other' }, null, null, { id: own, service: 'own' }]);
  });

  await t.test('what the database does not take fails alone', async (t) => {
    const userId = await walletWith(1_000n);
    const fine = newRental(userId, { priceMicros: 1n });
    const results = await accept([
      fine,
      newRental(userId, { priceMicros: 1n, service: 'a NUL \0' }),
      newRental(userId, { priceMicros: 1n, providerId: 999 }),
      newRental(2_000_000_000, { priceMicros: 1n }),
      fine,
    ]);
    t.match(results, [
      { value: Number },
      ...[{ reason: { code: '22021' } }, { reason: { code: '23503' } }, { reason: { code: 'SX404' } }],
      { value: Number },
    ]);
    t.match(await findWallet(db, userId), { heldMicros: 2n });
  });
});

const claimOf = (key: string) => ({
  scope: 'u:1',
  route: 'rent_number',
  key,
  requestHash: Buffer.from('hash'),
});

function told(error: unknown): string {
  if (!(error instanceof PublicError)) return String(error);
  const { required, available } = error.details;
  return `${error.status} of ${required}, ${available} available`;
}

/** Money goes out of the wallet after `act` has looked into it, and before it can hold any. */
async function whileSpent<Result>(
  db: Database,
  userId: number,
  amountMicros: bigint,
  act: () => Promise<Result>,
): Promise<Result> {
  let acting: Promise<Result> | undefined;
  await db.transaction(async (tx) => {
    await moveMoney(tx, { userId, kind: 'debit', amountMicros, reason: 'test' });
    acting = act();
    await until(
      async () => {
        const { rows } = await tx.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      },
      { what: 'a hold that waits for the wallet' },
    );
  });
  if (!acting) throw new Error('nothing was done');
  return acting;
}
