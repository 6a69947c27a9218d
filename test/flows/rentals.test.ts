import assert from 'node:assert/strict';
import t from 'tap';
import type { Queryable } from '#libs/platform';
import { cancelActivation, finishActivation, readWallet, recordPush, resendActivation } from '#libs/services';
import { findProvider, listOpenSuspense, loadActivations } from '#libs/store';
import { createPartner } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';

t.test('rentals', async (t) => {
  const system = await startSystem(t, {
    env: { ACTIVATION_LIFETIME_SECONDS: '300', DEFAULT_MARKUP_PERCENT: '10' },
  });
  const { ctx, sandbox } = system;
  const { control } = sandbox;
  t.afterEach(async () => {
    await control.clearFaults();
    assert.deepEqual(await system.brokenInvariants(), []);
  });

  await t.test(
    'cancel before upstream allows it: asked at once, again at that time, then released',
    async (t) => {
      const { rent, partner, statusBecomes } = await createPartner(ctx);
      const id = Number((await rent()).json.activation_id);
      const first = await cancelActivation({ ctx, input: { partner, id } });
      t.equal(first.status, 202);
      t.match(JSON.parse(first.body), {
        status: 'waiting',
        cancel_requested: true,
        earliest_cancel_at: /Z$/,
      });
      const calls = (await control.calls())['smsbower.setStatus'];
      const again = await cancelActivation({ ctx, input: { partner, id } });
      t.equal(again.status, 202);
      t.equal((await control.calls())['smsbower.setStatus'], calls, 'repeating asks nobody');
      await control.changeSettings({ earliestCancelSeconds: 0 });
      // The queues lose the delayed job, and the time comes: the row alone must bring the cancel about.
      for (const queue of ctx.jobs.queues()) await queue.obliterate({ force: true });
      await ctx.db.query(
        `UPDATE activations SET command_next_at = now() - interval '2 seconds', command_nudged_at = NULL WHERE id = $1`,
        [id],
      );
      t.match(await statusBecomes(id, 'cancelled'), { reason: 'requested', settlement: 'released' });
      t.match(await readWallet({ ctx, input: { partner } }), {
        balance: '10.00',
        held: '0.00',
        available: '10.00',
      });
      await t.rejects(cancelActivation({ ctx, input: { partner, id } }), { code: 'already_cancelled' });
    },
  );

  await t.test('cancel that upstream confirms at once is 200', async (t) => {
    await control.changeSettings({ earliestCancelSeconds: 0 });
    const { rent, partner } = await createPartner(ctx);
    const id = Number((await rent()).json.activation_id);
    const reply = await cancelActivation({ ctx, input: { partner, id } });
    t.equal(reply.status, 200);
    t.match(JSON.parse(reply.body), { ok: true, status: 'cancelled' });
  });

  await t.test('a code that beats the cancel wins', async (t) => {
    const { rent, partner } = await createPartner(ctx);
    const { json } = await rent();
    await control.changeSettings({ pushUrls: [] });
    await control.deliverCode({ phone: json.phone ?? '', code: '0042' });
    await t.rejects(cancelActivation({ ctx, input: { partner, id: Number(json.activation_id) } }), {
      code: 'code_already_received',
      details: { otp: '0042' },
    });
  });

  await t.test('resend: waiting without otp until the new code is there; finish', async (t) => {
    const { rent, partner, statusBecomes, status } = await createPartner(ctx);
    const { json } = await rent();
    const id = Number(json.activation_id);
    await t.rejects(resendActivation({ ctx, input: { partner, id } }), { code: 'code_not_received' });
    await control.deliverCode({ phone: json.phone ?? '', code: '1111' });
    await statusBecomes(id, 'received');
    t.match(await resendActivation({ ctx, input: { partner, id } }), { status: 200 });
    const waiting = await status(id);
    t.equal(waiting.status, 'waiting');
    t.notOk('otp' in waiting, 'the old code is not taken for the new one');
    await control.deliverCode({ phone: json.phone ?? '', code: '2222' });
    t.match(await statusBecomes(id, 'received'), {
      otp: '2222',
      messages: [{ code: '1111' }, { code: '2222' }],
    });
    const finished = await finishActivation({ ctx, input: { partner, id } });
    t.equal(finished.status, 200, finished.body);
    await t.rejects(finishActivation({ ctx, input: { partner, id } }), { code: 'already_finished' });
    t.match(await status(id), { status: 'received', otp: '2222' });
  });

  await t.test('out of stock, and a price that rose since the quote', async (t) => {
    const { rent, userId } = await createPartner(ctx);
    const taken = await rent({ service: 'wa' });
    t.equal(taken.status, 200, taken.body);
    await control.changeOffers({ service: 'wa', country: 22, price: '7' });
    const dearer = await rent({ service: 'wa' });
    t.equal(dearer.status, 409);
    t.match(dearer.json, { error: 'price_changed', current_price: '7.70' });
    await control.changeOffers({ service: 'go', country: 22, count: 1 });
    await rent({ service: 'go' });
    await control.changeOffers({ service: 'go', country: 22, count: 0 });
    const empty = await rent({ service: 'go' });
    t.match(empty.json, { error: 'out_of_stock' });
    const { rows } = await ctx.db.query('SELECT held_micros FROM wallets WHERE user_id = $1', [userId]);
    t.ok(rows[0]);
  });

  await t.test('a lost answer: 202, hold stays, adopted by the push of its code', async (t) => {
    const { rent, partner, statusBecomes, status } = await createPartner(ctx);
    await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true });
    const reply = await rent({ country: 187 });
    t.equal(reply.status, 202, reply.body);
    t.match(reply.json, { ok: true, pending: true });
    const id = Number(reply.json.activation_id);
    t.match(await status(id), { status: 'waiting', phone: null, pending: true, settlement: 'held' });
    const bought = (await control.rentals()).find((rental) => rental.country === 187);
    await control.deliverCode({ activationId: bought?.activationId ?? '', code: '9876' });
    const provider = await findProvider(ctx.db, 1);
    const push = {
      secret: provider?.callbackSecret ?? '',
      providerRef: bought?.activationId ?? '',
      service: 'tg',
      country: 187,
      code: '9876',
      text: 'Your code 9876',
    };
    t.equal(await recordPush({ ctx, input: push }), 'adopted');
    t.match(await statusBecomes(id, 'received'), {
      otp: '9876',
      messages: [{ text: 'Your code 9876' }],
      settlement: 'captured',
    });
    t.match(await readWallet({ ctx, input: { partner } }), { held: '0.00' });
    t.equal(await recordPush({ ctx, input: { ...push, secret: 'wrong' } }), null);
  });

  await t.test('a duplicate reference is never taken for a purchase', async (t) => {
    const { rent } = await createPartner(ctx);
    await rent({ country: 6 });
    await control.addFault({ provider: 'smsbower', kind: 'duplicate-id', action: 'getNumberV2' });
    const reply = await rent({ country: 6 });
    t.equal(reply.status, 202, reply.body);
    const [row] = await loadActivations(ctx.db, [Number(reply.json.activation_id)]);
    t.equal(row?.state, 'purchase_unknown');
  });

  await t.test('three unusable answers tell unknown with raw; it passes, and no money moves', async (t) => {
    const { rent, statusBecomes, partner } = await createPartner(ctx);
    const { json } = await rent();
    await control.addFault({ provider: 'smsbower', kind: 'html', action: 'getStatus', times: null });
    t.match(await statusBecomes(Number(json.activation_id), 'unknown'), { raw: /</, settlement: 'held' });
    await control.clearFaults();
    await statusBecomes(Number(json.activation_id), 'waiting');
    t.match(await readWallet({ ctx, input: { partner } }), { balance: '10.00' });
  });

  await t.test(
    'upstream down: refused as unavailable once it is proven that nothing was bought',
    async (t) => {
      const { rent, partner } = await createPartner(ctx);
      await control.addFault({ provider: 'smsbower', kind: 'unauthorized', action: 'getNumberV2' });
      const reply = await rent();
      t.equal(reply.status, 502, reply.body);
      t.match(reply.json, { error: 'provider_error', message: 'BAD_KEY' });
      t.match(await readWallet({ ctx, input: { partner } }), { held: '0.00' });
      await ctx.db.query('DELETE FROM provider_health');
    },
  );

  await t.test('the same key: one rental, one hold, the same bytes; another body is refused', async (t) => {
    const { rent, userId } = await createPartner(ctx);
    const idempotency = { key: 'once', requestHash: Buffer.from('a') };
    const replies = await Promise.allSettled(Array.from({ length: 20 }, () => rent({ idempotency })));
    const done = replies.flatMap((reply) => (reply.status === 'fulfilled' ? [reply.value.body] : []));
    t.equal(new Set(done).size, 1);
    const again = await rent({ idempotency });
    t.ok(again.replayed);
    t.equal(again.body, done[0]);
    await t.rejects(rent({ idempotency: { key: 'once', requestHash: Buffer.from('b') } }), {
      code: 'idempotency_mismatch',
    });
    const { rows } = await ctx.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM activations WHERE user_id = $1',
      [userId],
    );
    t.equal(rows[0]?.count, 1);
  });

  await t.test('a wallet that does not cover the price', async (t) => {
    const { rent } = await createPartner(ctx, '0.01');
    await t.rejects(rent(), { code: 'insufficient_funds', details: { available: '0.01' } });
  });
});

t.test('the end of a rental’s time', async (t) => {
  const system = await startSystem(t, {
    env: { ACTIVATION_LIFETIME_SECONDS: '2', UNKNOWN_GRACE_SECONDS: '1' },
    sandbox: { lifetimeSeconds: 2, earliestCancelSeconds: 0 },
  });
  const { ctx, sandbox } = system;

  await t.test('expired upstream: released; a code after that is told, not charged', async (t) => {
    const { rent, partner, statusBecomes, status } = await createPartner(ctx);
    const { json } = await rent();
    const id = Number(json.activation_id);
    t.match(await statusBecomes(id, 'cancelled'), { reason: 'expired', settlement: 'released' });
    await sandbox.control.deliverCode({ phone: json.phone ?? '', code: '777', force: true });
    const provider = await findProvider(ctx.db, 1);
    const [row] = await loadActivations(ctx.db, [id]);
    await recordPush({
      ctx,
      input: {
        secret: provider?.callbackSecret ?? '',
        providerRef: row?.providerRef ?? '',
        service: 'tg',
        country: 22,
        code: '777',
        text: null,
      },
    });
    const late = await until(async () => {
      const body = await status(id);
      return body.late_code ? body : null;
    });
    t.match(late, { status: 'cancelled', otp: '777', messages: [{ late: true }], settlement: 'released' });
    t.match(await readWallet({ ctx, input: { partner } }), { balance: '10.00', held: '0.00' });
  });

  await t.test('a pushed code that the provider no longer tells is told as late, not charged', async (t) => {
    const { rent, partner, statusBecomes, status } = await createPartner(ctx);
    const { json } = await rent();
    const id = Number(json.activation_id);
    await statusBecomes(id, 'cancelled');
    const provider = await findProvider(ctx.db, 1);
    const push = { service: 'tg', country: 22, code: '779', text: 'Your code is 779' };
    const secret = provider?.callbackSecret ?? '';
    await recordPush({ ctx, input: { secret, providerRef: (await refOf(ctx.db, id)) ?? '', ...push } });
    const late = await until(async () => {
      const body = await status(id);
      return body.late_code ? body : null;
    });
    t.match(late, { status: 'cancelled', otp: '779', messages: [{ late: true }], settlement: 'released' });
    t.match(await readWallet({ ctx, input: { partner } }), { balance: '10.00', held: '0.00' });
    t.match(
      (await listOpenSuspense(ctx.db, 100)).filter((entry) => entry.activationId === id),
      [{ kind: 'late_code' }],
    );
  });

  await t.test('a late code whose push lost its job is asked for again', async (t) => {
    const { rent, statusBecomes, status } = await createPartner(ctx);
    const { json } = await rent();
    const id = Number(json.activation_id);
    await statusBecomes(id, 'cancelled');
    await sandbox.control.deliverCode({ phone: json.phone ?? '', code: '778', force: true });
    await ctx.db.query(
      `INSERT INTO provider_pushes (provider_id, provider_ref, content, content_hash, has_code, received_at)
       SELECT provider_id, provider_ref, $2, $3, true, now() - interval '6 seconds' FROM activations WHERE id = $1`,
      [
        id,
        ctx.vault.encrypt('{}', `provider_pushes.content:1:${await refOf(ctx.db, id)}`),
        Buffer.from(`${id}`),
      ],
    );
    const late = await until(async () => {
      const body = await status(id);
      return body.late_code ? body : null;
    });
    t.match(late, { otp: '778', messages: [{ late: true }], settlement: 'released' });
  });

  await t.test(
    'an unknown purchase is released after lifetime and grace, its cost in suspense',
    async (t) => {
      const { rent, partner, statusBecomes } = await createPartner(ctx);
      await sandbox.control.addFault({
        provider: 'smsbower',
        kind: 'empty',
        action: 'getNumberV2',
        commit: true,
      });
      const { json } = await rent();
      t.match(await statusBecomes(Number(json.activation_id), 'cancelled'), {
        reason: 'unknown_outcome',
        settlement: 'released',
      });
      t.match(await readWallet({ ctx, input: { partner } }), { balance: '10.00', held: '0.00' });
      const { rows } = await ctx.db.query(
        `SELECT 1 FROM ledger_transactions WHERE kind = 'suspense' AND activation_id = $1`,
        [json.activation_id],
      );
      t.equal(rows.length, 1);
    },
  );

  t.strictSame(await system.brokenInvariants(), []);
});

async function refOf(db: Queryable, id: number): Promise<string | null | undefined> {
  return (await loadActivations(db, [id]))[0]?.providerRef;
}
