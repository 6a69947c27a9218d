import { randomUUID } from 'node:crypto';
import t from 'tap';
import { timingsAt } from '#libs/platform';
import { createPurchases } from '#libs/services';
import {
  insertProvider,
  insertRental,
  noteRefusal,
  type PurchaseClaim,
  settlePurchaseUnknown,
} from '#libs/store';
import { counted } from '../../helpers/message-rows.ts';
import { newPayer, newRental } from '../../helpers/rental-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';
import { openTestDatabase } from '../store/wallet-fixtures.ts';

t.test('purchases that come together', async (t) => {
  const { db, statements } = counted(openTestDatabase(t, await createTestDatabase(t)));
  await insertProvider(db, {
    ...{ kind: 'smsbower', name: 'one', apiUrl: 'https://provider.example/', credentials: Buffer.alloc(1) },
    ...{ callbackSecret: 'secret', requestsPerSecond: 0 },
  });
  const userId = await newPayer(db);
  const config = { activationLifetimeSeconds: 1_200, timings: timingsAt(1) };
  const purchases = createPurchases({ db, config });
  const pending = async (count: number) => {
    const held: PurchaseClaim[] = [];
    for (let i = 0; i < count; i += 1) {
      const id = await insertRental(db, newRental(userId, { priceMicros: 1n }));
      held.push({ id: Number(id), epoch: 1, claim: randomUUID() });
    }
    return held;
  };
  const stateOf = async ({ id }: PurchaseClaim) =>
    (await db.query('SELECT state, provider_ref FROM activations WHERE id = $1', [id])).rows[0];

  await t.test('share one claim and one settlement, and each keeps its own number', async (t) => {
    const held = await pending(30);
    await noteRefusal(db, { provider: 'number:1', reason: 'credentials', message: 'no', seconds: 30 });
    let before = statements();
    const claimed = await Promise.all(held.map((one) => purchases.claim(one)));
    t.equal(statements() - before, 1);
    t.same(
      claimed.map((row) => [row?.id, row?.state, row?.claim]),
      held.map(({ id, claim }) => [id, 'buying', claim]),
    );
    before = statements();
    const settled = await Promise.all(held.toReversed().map((one) => purchases.settle(soldTo(one))));
    t.equal(statements() - before, 1);
    t.same(
      settled.map((row) => [row?.id, row?.providerRef, row?.phone, row?.state]),
      held.toReversed().map(({ id }) => [id, `R${id}`, `+1${id}`, 'active']),
    );
    const { rows } = await db.query('SELECT refuses_until FROM provider_health');
    t.same(rows, [{ refuses_until: null }], 'and the provider is known to answer');
  });

  await t.test('only who holds the claim writes; who was given up as unknown still may', async (t) => {
    const [mine, zombie, older, unknown, twice] = (await pending(5)) as [PurchaseClaim, ...PurchaseClaim[]];
    if (!zombie || !older || !unknown || !twice) throw new Error('there are not so many');
    const twin = { ...twice, claim: randomUUID() };
    const claims = await Promise.all(
      [mine, zombie, { ...older, epoch: 0 }, unknown, twice, twin].map((one) => purchases.claim(one)),
    );
    t.same(
      claims.slice(0, 4).map((row) => row !== null),
      [true, true, false, true],
    );
    t.equal(claims.slice(4).filter(Boolean).length, 1, 'a job that is delivered twice buys once');
    await settlePurchaseUnknown(db, unknown, 1_320);
    const sold = [mine, { ...zombie, claim: randomUUID() }, older, unknown].map(soldTo);
    const settled = await Promise.all(sold.map((one) => purchases.settle(one)));
    t.same(
      settled.map((row) => row !== null),
      [true, false, false, true],
    );
    t.match(await stateOf(zombie), { state: 'buying', provider_ref: null });
    t.match(await stateOf(older), { state: 'pending' });
  });

  await t.test('a reference that another rental has fails alone', async (t) => {
    const held = await pending(3);
    await Promise.all(held.map((one) => purchases.claim(one)));
    const [first, second, third] = held.map(soldTo);
    if (!first || !second || !third) throw new Error('there are not so many');
    const results = await Promise.allSettled([
      purchases.settle(first),
      purchases.settle({ ...second, providerRef: first.providerRef }),
      purchases.settle(third),
    ]);
    t.match(results, [
      { value: { state: 'active' } },
      { reason: { code: '23505' } },
      { value: { state: 'active' } },
    ]);
    t.match(await stateOf(second), { state: 'buying', provider_ref: null });
  });
});

const soldTo = (held: PurchaseClaim) => ({
  ...held,
  ...{ providerId: 1, providerRef: `R${held.id}`, phone: `+1${held.id}`, costMicros: 1n },
});
