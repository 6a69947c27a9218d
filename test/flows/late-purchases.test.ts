import assert from 'node:assert/strict';
import t from 'tap';
import type { Outcome, Purchase } from '#libs/domain';
import { recordPush, releaseUnknownRentals, settlePurchase } from '#libs/services';
import { findProvider, listOpenSuspense, loadActivations } from '#libs/store';
import {
  COST,
  newPayer,
  newPurchase,
  newUnknownPurchase,
  type Purchase as RunningPurchase,
  releaseTimeIsOver,
} from '../helpers/rental-rows.ts';
import { startSystem } from '../helpers/system.ts';

const PHONE = '+15551239876';

t.test('the answer to a purchase that comes after its rental moved on', async (t) => {
  const system = await startSystem(t, { workers: 0, pollers: 0 });
  const { ctx } = system;
  const userId = await newPayer(ctx.db);
  t.afterEach(async () => assert.deepEqual(await system.brokenInvariants(), []));

  const answer = (late: RunningPurchase, outcome: Outcome<Purchase>) =>
    settlePurchase({ ctx, input: { ...late, outcome, offers: null } });
  const bought = (providerRef: string, costMicros: bigint | null = 250_000n): Outcome<Purchase> => ({
    kind: 'accepted',
    value: { providerRef, phone: PHONE, costMicros },
  });
  const rowOf = async ({ held }: RunningPurchase) => (await loadActivations(ctx.db, [held.id]))[0];
  const push = async (providerRef: string, country: number) => {
    const secret = (await findProvider(ctx.db, 1))?.callbackSecret ?? '';
    const input = { secret, providerRef, service: 'tg', country, code: null, text: null };
    return recordPush({ ctx, input });
  };
  const booked = async () => {
    const { rows } = await ctx.db.query<{ total: bigint }>(
      `SELECT coalesce(sum(amount_micros), 0)::bigint AS total FROM ledger_postings WHERE account = 'suspense'`,
    );
    return rows[0]?.total;
  };
  const entries = async () =>
    (await listOpenSuspense(ctx.db, 100)).map(
      ({ kind, providerRef, activationId, amountMicros, costMicros }) => ({
        kind,
        providerRef,
        activationId,
        amountMicros,
        costMicros,
      }),
    );

  await t.test('adopted with the same number: completed with phone and cost', async (t) => {
    const late = await newUnknownPurchase(ctx.db, userId, 1);
    t.equal(await push('R1', 1), 'adopted');
    t.match(await rowOf(late), { state: 'active', providerRef: 'R1', phone: null, costMicros: null });
    await answer(late, bought('R1'));
    t.match(await rowOf(late), { state: 'active', phone: PHONE, costMicros: 250_000n });
    await answer(late, bought('R1'));
    t.same(await entries(), [], 'and nothing is in suspense');
  });

  await t.test('adopted with another number: the one nobody has goes to suspense, once', async (t) => {
    const late = await newUnknownPurchase(ctx.db, userId, 2);
    t.equal(await push('R2', 2), 'adopted');
    const before = await booked();
    await answer(late, bought('R3'));
    await answer(late, bought('R3'));
    t.match(await rowOf(late), { providerRef: 'R2', phone: null });
    const orphan = { kind: 'orphan_purchase', providerRef: 'R3', activationId: late.held.id };
    t.same(await entries(), [{ ...orphan, amountMicros: 250_000n, costMicros: 250_000n }]);
    t.equal(await booked(), (before ?? 0n) + 250_000n);

    await t.test('and is never taken for another purchase', async (t) => {
      await newUnknownPurchase(ctx.db, userId, 3);
      t.equal(await push('R3', 3), 'kept');
      const next = await newPurchase(ctx.db, userId, 4);
      await answer(next, bought('R3'));
      t.match(await rowOf(next), { state: 'purchase_unknown', providerRef: null });
    });
  });

  await t.test('released meanwhile: its entry learns the number, and nothing is booked twice', async (t) => {
    const late = await newUnknownPurchase(ctx.db, userId, 5);
    await releaseTimeIsOver(ctx.db, late.held.id);
    await releaseUnknownRentals(ctx);
    const before = await booked();
    const entry = { kind: 'unknown_purchase', activationId: late.held.id, amountMicros: COST };
    t.match((await entries()).at(-1), { ...entry, providerRef: null, costMicros: null });
    await answer(late, bought('R5'));
    await answer(late, bought('R5'));
    t.match((await entries()).at(-1), { ...entry, providerRef: 'R5', costMicros: 250_000n });
    t.equal(await booked(), before);
  });

  await t.test('a number that another rental has is no new one', async (t) => {
    const late = await newUnknownPurchase(ctx.db, userId, 6);
    const other = await newPurchase(ctx.db, userId, 7);
    await answer(other, bought('R7'));
    await releaseTimeIsOver(ctx.db, late.held.id);
    await releaseUnknownRentals(ctx);
    const before = await entries();
    await answer(late, bought('R7'));
    t.same(await entries(), before);
  });

  await t.test('given up, then proven not bought: the hold goes back, nothing to suspense', async (t) => {
    const before = await entries();
    const refusal = {
      scope: 'request',
      reason: 'out_of_stock',
      code: 'NO_NUMBERS',
      message: 'none',
    } as const;
    const notSent = { kind: 'not_sent', detail: 'refused', throttled: false, retryAfterMs: null } as const;
    for (const outcome of [{ kind: 'rejected', ...refusal } as const, notSent]) {
      const late = await newUnknownPurchase(ctx.db, userId, 8);
      await answer(late, outcome);
      t.match(await rowOf(late), { state: 'released', reason: 'unknown_outcome' }, outcome.kind);
    }
    t.same(await entries(), before);
  });
});
