import assert from 'node:assert/strict';
import t, { type Test } from 'tap';
import { TEST_PROVIDER_ID, TEST_RECIPIENTS } from '#libs/domain';
import {
  cancelActivation,
  getMessage,
  readCountries,
  readPrices,
  readProviderBalance,
  readServices,
  readWallet,
  resendActivation,
} from '#libs/services';
import { listOpenSuspense, measureBacklog, readSuspense, viewOverview, viewProviders } from '#libs/store';
import { startPoller } from '../../apps/poller/start.ts';
import { startWorker } from '../../apps/worker/start.ts';
import { createPartner, createTestPartner } from '../helpers/partner.ts';
import { type System, startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';
import { startWebhookReceiver } from '../helpers/webhook-receiver.ts';

// A rental that lives to its end takes a quarter of a minute, and all of them look for their news at once.
t.setTimeout(300_000);

/** Scripts take a quarter of their time. */
const SHORT = { FAULT_CLOCK_PERCENT: '25', UNKNOWN_SEND_WINDOW_SECONDS: '2', UNKNOWN_GRACE_SECONDS: '1' };
const UNCONFIGURED = {
  TWILIO_ACCOUNT_SID: '',
  TWILIO_AUTH_TOKEN: '',
  TWILIO_FROM: '',
  TWILIO_API_BASE_URL: '',
  SMSBOWER_API_KEY: '',
  SMSBOWER_API_URL: '',
};

/** What the sandbox providers were asked; must stay empty. */
const upstreamCalls = async ({ sandbox }: System) => Object.keys(await sandbox.control.calls());

t.test('test mode without any provider', async (t) => {
  const system = await startSystem(t, { env: { ...SHORT, ...UNCONFIGURED }, workers: 0 });
  const { ctx, redisPrefix } = system;
  const receiver = await startWebhookReceiver(t);
  await startWorker(system.context('worker'), { redisPrefix, webhooks: receiver.reach });
  const { partner, send, rent, status, statusBecomes } = await createTestPartner(ctx);
  t.afterEach(async () => assert.deepEqual(await system.brokenInvariants(), []));

  const becomes = (id: string, wanted: string) =>
    until(
      async () => {
        const message = await getMessage({ ctx, input: { partner, id } });
        return message.status === wanted ? message : null;
      },
      { what: `message ${wanted}` },
    );
  const told = (path: string, types: string[]) =>
    until(
      async () => {
        const heard = receiver.at(path).map(({ json }) => json.type);
        return types.every((type) => heard.includes(type)) && heard;
      },
      { what: `${types} at ${path}` },
    );
  const balance = async () => (await readWallet({ ctx, input: { partner } })).balance;

  const fates: Record<string, { status: string; error?: string; code?: string; attempts?: number }> = {
    '+15005550006': { status: 'delivered' },
    '+15005550001': { status: 'failed', error: 'invalid_recipient', code: '21211' },
    '+15005550004': { status: 'failed', error: 'recipient_opted_out', code: '21610' },
    '+15005550009': { status: 'failed', error: 'invalid_recipient', code: '21614' },
    '+12025550130': { status: 'undelivered', error: 'unreachable_recipient', code: '30003' },
    '+12025550131': { status: 'undelivered', error: 'content_refused', code: '30007' },
    '+12025550140': { status: 'delivered' },
    '+12025550150': { status: 'delivered', attempts: 1 },
    '+12025550151': { status: 'failed', error: 'unknown_outcome' },
    '+12025550152': { status: 'delivered', attempts: 2 },
    '+12025550160': { status: 'delivered', attempts: 4 },
    '+4915112345678': { status: 'delivered' },
  };

  await t.test('each recipient has its fate, told by webhook too', async (t) => {
    t.same(
      Object.keys(fates).filter((to) => to !== '+4915112345678'),
      TEST_RECIPIENTS.map(({ number }) => number),
      'every recipient of the table is tried',
    );
    await Promise.all(
      Object.entries(fates).map(async ([to, { status: wanted, error, code, attempts }]) => {
        const path = `/${to.slice(1)}`;
        const reply = await send({ to, callbackUrl: receiver.url(path) });
        t.match(reply.json, { ok: true, status: 'queued' }, to);
        if (error === 'unknown_outcome') {
          await becomes(reply.json.id, 'unknown');
          // Minutes go by.
          await ctx.db.query(
            `UPDATE messages SET call_finished_at = now() - interval '5 minutes', look_until = now(),
               next_attempt_at = now() WHERE id = $1`,
            [reply.json.id],
          );
        }
        const message = await becomes(reply.json.id, wanted);
        t.match(message, { error: error ?? null, error_code: code ?? null }, to);
        if (attempts) t.equal(message.attempts, attempts, `${to}: attempts`);
        await told(path, [`message.${wanted}`]);
      }),
    );
    t.match(receiver.at('/12025550140')[0]?.json.type, 'message.sent', 'slow: sent before it is delivered');
  });

  await t.test('a refusal reaches a caller who waits', async (t) => {
    const reply = await send({ to: '+15005550004', waitSeconds: 10 });
    t.equal(reply.status, 502);
    t.match(reply.json, { error: 'provider_error', message: /opted out/ });
  });

  await t.test('the catalogue is there at once', async (t) => {
    const input = { partner, apiId: null };
    t.match(await readProviderBalance({ ctx, input }), {
      smsbower_balance: '1000.00',
      api_id: TEST_PROVIDER_ID,
    });
    t.match((await readCountries({ ctx, input })).countries, [{ id: 22, name: 'India' }]);
    t.match((await readServices({ ctx, input })).services, [{ code: 'test_code' }]);
    const { prices } = await readPrices({ ctx, input: { ...input, service: 'test_code', country: 22 } });
    t.same(prices, [{ service: 'test_code', country: 22, price: '0.10', count: 100 }]);
    await t.rejects(readPrices({ ctx, input: { ...input, service: 'nosuch', country: 22 } }), {
      code: 'invalid_service',
    });
    await t.rejects(rent({ country: 999, service: 'test_code' }), { code: 'invalid_country' });
    await t.rejects(rent({ apiId: 1 }), { code: 'api_not_found' });
  });

  await t.test('each service has its fate', async (t) => {
    // They last as long as the longest script together.
    t.jobs = 12;
    const service = (name: string, check: (t: Test, path: string) => Promise<void>) =>
      t.test(name, { buffered: true }, (t) => check(t, `/rental/${name.replaceAll(' ', '-')}`));
    const before = await balance();
    await Promise.all([
      ...['test_code', 'test_resend', 'tg'].map((code) =>
        service(`${code} another code after a resend`, async (t, path) => {
          const reply = await rent({ service: code, callbackUrl: receiver.url(path) });
          t.match(reply.json, { ok: true, phone: /^\+91555/, api_id: TEST_PROVIDER_ID });
          const id = Number(reply.json.activation_id);
          const first = await statusBecomes(id, 'received');
          t.match(first, { otp: /^\d{6}$/, settlement: 'captured' });
          t.equal((await resendActivation({ ctx, input: { partner, id } })).status, 200);
          const second = await statusBecomes(id, 'received');
          t.match(second, { messages: [{ code: first.otp }, { code: second.otp }] });
          t.not(second.otp, first.otp);
          await told(path, ['activation.active', 'activation.code_received', 'activation.finished']);
          const codes = receiver.at(path).filter(({ json }) => json.type === 'activation.code_received');
          t.equal(codes.length, 2);
        }),
      ),
      service('test_none expires', async (t, path) => {
        const { json } = await rent({ service: 'test_none', callbackUrl: receiver.url(path) });
        const created = Date.parse(String((await status(Number(json.activation_id))).created_at));
        const seconds = (time: string | undefined) => (Date.parse(time ?? '') - created) / 1_000;
        t.ok(seconds(json.expires_at) >= 15 && seconds(json.expires_at) < 25, 'a quarter of a minute');
        t.ok(seconds(json.earliest_cancel_at) >= 2.5 && seconds(json.earliest_cancel_at) < 12);
        t.match(await statusBecomes(Number(json.activation_id), 'cancelled'), {
          ...{ reason: 'expired', settlement: 'released' },
        });
        await told(path, ['activation.cancelled']);
      }),
      service('test_late is told and not charged', async (t, path) => {
        const { json } = await rent({ service: 'test_late', callbackUrl: receiver.url(path) });
        const id = Number(json.activation_id);
        t.match(await statusBecomes(id, 'cancelled'), { reason: 'expired' });
        const late = await until(async () => {
          const body = await status(id);
          return body.late_code ? body : null;
        });
        t.match(late, { otp: /^\d{6}$/, messages: [{ late: true }], settlement: 'released' });
        await told(path, ['activation.late_code']);
      }),
      service('test_cancelled ends by itself', async (t) => {
        const { json } = await rent({ service: 'test_cancelled' });
        t.match(await statusBecomes(Number(json.activation_id), 'cancelled'), { reason: 'upstream' });
      }),
      service('a cancel comes too early at first', async (t) => {
        const id = Number((await rent({ service: 'test_none' })).json.activation_id);
        const reply = await cancelActivation({ ctx, input: { partner, id } });
        t.equal(reply.status, 202);
        t.match(JSON.parse(reply.body), { cancel_requested: true, earliest_cancel_at: /Z$/ });
        t.match(await statusBecomes(id, 'cancelled'), { reason: 'requested' });
      }),
      service('test_stock', async (t) => {
        t.match((await rent({ service: 'test_stock' })).json, { error: 'out_of_stock' });
      }),
      service('test_price is refused once then bought', async (t) => {
        const refused = await rent({ service: 'test_price' });
        t.equal(refused.status, 409);
        t.match(refused.json, { error: 'price_changed', current_price: '0.15' });
        const input = { partner, apiId: null, service: 'test_price', country: 22 };
        t.match((await readPrices({ ctx, input })).prices, [{ price: '0.15' }]);
        await t.rejects(rent({ service: 'test_price', maxPriceMicros: 100_000n }), { code: 'price_changed' });
        t.match((await rent({ service: 'test_price', maxPriceMicros: 150_000n })).json, { price: '0.15' });
        t.match((await readPrices({ ctx, input })).prices, [{ price: '0.10' }], 'and from the start');
      }),
      service('test_slow is pending then has a number', async (t, path) => {
        const reply = await rent({ service: 'test_slow', country: 187, callbackUrl: receiver.url(path) });
        t.equal(reply.status, 202, reply.body);
        t.match(reply.json, { pending: true });
        t.match(await statusBecomes(Number(reply.json.activation_id), 'received'), {
          ...{ phone: /^\+1202555/, otp: /^\d{6}$/, settlement: 'captured' },
        });
        await told(path, ['activation.active', 'activation.code_received']);
      }),
      service('test_unknown passes', async (t) => {
        const id = Number((await rent({ service: 'test_unknown' })).json.activation_id);
        // As if two polls had come to nothing already.
        await ctx.db.query('UPDATE activations SET unusable_answers = 2 WHERE id = $1', [id]);
        t.match(await statusBecomes(id, 'unknown'), { raw: /502/, settlement: 'held' });
        t.match(await statusBecomes(id, 'received'), { otp: /^\d{6}$/ });
      }),
    ]);
    t.not(await balance(), before, 'codes were paid for, with play money');
  });

  await t.test('nothing of it is in the operator’s figures', async (t) => {
    const seen = await viewOverview(ctx.db);
    t.same(seen.messages, []);
    t.same(seen.activations, []);
    t.match(seen.wallets, { users: 1, balanceMicros: 0n, heldMicros: 0n });
    t.same(await viewProviders(ctx.db), []);
    t.same(await listOpenSuspense(ctx.db, 10), []);
    t.same(await readSuspense(ctx.db), { count: 0, totalMicros: 0n });
    t.same((await measureBacklog(ctx.db)).movements, []);
    t.same(await upstreamCalls(system), [], 'no provider was asked');
  });
});

t.test('beside live keys', async (t) => {
  const system = await startSystem(t, { env: SHORT, workers: 0, pollers: 0 });
  const { ctx, redisPrefix } = system;
  const live = await createPartner(ctx);
  const test = await createTestPartner(ctx);
  await ctx.db.query(`INSERT INTO provider_health (provider, refuses_until, message, failures)
                      VALUES ('twilio', now() + interval '1 hour', 'suspended', 1)`);

  await t.test(
    'a provider that refuses live messages carries those of tests, and goes on refusing',
    async (t) => {
      await t.rejects(live.send(), { code: 'provider_error' });
      const replies = await Promise.all([
        test.send({ to: '+15005550006' }),
        test.send({ to: '+15005550001' }),
      ]);
      await startWorker(system.context('worker'), { redisPrefix });
      await startPoller(system.context('poller'), { redisPrefix });
      for (const [index, wanted] of ['delivered', 'failed'].entries()) {
        await until(async () => {
          const input = { partner: test.partner, id: replies[index]?.json.id ?? '' };
          return (await getMessage({ ctx, input })).status === wanted;
        });
      }
      await t.rejects(
        live.send(),
        { code: 'provider_error' },
        'what a script says is no word of the provider',
      );
    },
  );

  await t.test('each kind of key stays with its kind of user', async (t) => {
    await t.rejects(test.rent({ partner: { ...live.partner, userId: test.userId } }), {
      code: 'partner_user_not_configured',
    });
    await t.rejects(live.rent({ partner: { ...test.partner, userId: live.userId } }), {
      code: 'partner_user_not_configured',
    });
  });

  await t.test('scripts go on after every process was started anew and Redis was emptied', async () => {
    const { json } = await test.rent({ service: 'test_code' });
    for (const queue of ctx.jobs.queues()) await queue.obliterate({ force: true });
    await ctx.pollIndex.remove([Number(json.activation_id)]);
    await test.statusBecomes(Number(json.activation_id), 'received');
  });

  await t.test('the providers that are configured were asked for nothing', async (t) => {
    // Balance and catalogue are kept fresh for live keys.
    const forLive = /^smsbower\.(getBalance|getCountries|getServicesList)$/;
    const calls = await upstreamCalls(system);
    t.ok(
      calls.some((name) => forLive.test(name)),
      'calls are counted',
    );
    t.same(
      calls.filter((name) => !forLive.test(name)),
      [],
    );
  });

  t.strictSame(await system.brokenInvariants(), []);
});
