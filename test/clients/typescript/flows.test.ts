import assert from 'node:assert/strict';
import t from 'tap';
import { recordPush } from '#libs/services';
import { findProvider } from '#libs/store';
import { type Message, SmsxClient, SmsxError } from '../../../clients/typescript/src/index.ts';
import { startProxy } from '../../faults/harness/proxy.ts';
import { until } from '../../helpers/until.ts';
import { serve } from './gateway.ts';

const TG = { service: 'tg', country: 22 };
const MESSAGE = { to: '+15551234567', message: 'Hello' };

t.setTimeout(120_000);

t.test('the client against the gateway', async (t) => {
  const { system, gateway, port, clientOf } = await serve(t);
  const { control } = system.sandbox;
  const { db } = gateway.ctx;
  t.afterEach(async () => {
    await control.clearFaults();
    assert.deepEqual(await system.brokenInvariants(), []);
  });
  const countOf = async (table: 'messages' | 'activations', userId: number) => {
    const owner = table === 'messages' ? `owner = 'u:' || $1::text` : 'user_id = $1::integer';
    const { rows } = await db.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM ${table} WHERE ${owner}`,
      [userId],
    );
    return rows[0]?.count;
  };

  await t.test('a message is sent, delivered, listed', async (t) => {
    const { messages } = clientOf(await gateway.newPartner());
    const sent = await messages.send({ ...MESSAGE, reference: 'order-1' });
    t.match(sent, { ok: true, status: 'queued', segments: 1, encoding: 'gsm7' });
    const delivered = async () => {
      const message = await messages.get(sent.id);
      return message.status === 'delivered' && message;
    };
    t.match(await until(delivered), { id: sent.id, reference: 'order-1', timeline: [{ status: String }] });
    const waited = await messages.send({ ...MESSAGE, reference: 'order-2' }, { waitSeconds: 20 });
    t.match(waited.status, /^(sent|delivered)$/);
    const { id } = await messages.send({
      ...MESSAGE,
      send_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    t.match(await messages.cancel(id), { id, status: 'canceled' });
    const estimate = await messages.estimate({ ...MESSAGE, message: 'Привет, '.repeat(20) });
    t.match(estimate, { segments: 3, encoding: 'ucs2' });
    for (let more = 0; more < 2; more += 1) await messages.send(MESSAGE);
    const pages = [];
    for await (const { data } of messages.list({ limit: 2 }).pages()) pages.push(data.length);
    t.strictSame(pages, [2, 2, 1], 'the estimate made none');
    const all: Message[] = [];
    for await (const message of messages.list({ limit: 2 })) all.push(message);
    t.equal(new Set(all.map((message) => message.id)).size, 5);
    t.ok(all.every((message, at) => at === 0 || message.created_at <= (all[at - 1]?.created_at ?? '')));
    const one = messages.list({ reference: 'order-2' });
    t.match((await one.first()).data, [{ id: waited.id }]);
    const refused = await failure(messages.send({ ...MESSAGE, to: '555' }));
    t.match(refused, { code: 'invalid_to', status: 400, param: 'to', docUrl: /docs\/errors#invalid_to$/ });
    t.match(refused.requestId, /\S/);
  });

  await t.test('a refusal of the provider rejects where it is waited for', async (t) => {
    const partner = await gateway.newPartner();
    await control.addFault({
      provider: 'twilio',
      kind: 'refused',
      errorCode: 21610,
      action: 'create',
      times: null,
    });
    const refused = await failure(clientOf(partner).messages.send(MESSAGE, { waitSeconds: 20 }));
    t.match(refused, { code: 'provider_error', status: 502 });
    t.equal(await countOf('messages', partner.userId), refused.attempts);
  });

  await t.test('a number is quoted, rented, given its codes, finished', async (t) => {
    const { activations, wallet } = clientOf(await gateway.newPartner());
    const quote = await activations.quote(TG);
    const rented = await activations.create({ ...TG, quote_id: quote.id, client_ref: 'signup-77' });
    t.match(rented, { price: quote.price, phone: /^\+/ });
    const { activation_id: id } = rented;
    const withPhone = await activations.waitForPhone(id);
    t.match(withPhone, { status: 'waiting', client_ref: 'signup-77' });
    const first = activations.waitForCode(id);
    await control.deliverCode({ phone: withPhone.phone, code: '482913' });
    t.match(await first, { status: 'received', otp: '482913' });
    await activations.resend(id);
    const second = activations.waitForCode(id);
    await control.deliverCode({ phone: withPhone.phone, code: '1111' });
    t.match(await second, { otp: '1111', messages: [{ code: '482913' }, { code: '1111' }] });
    t.match(await failure(activations.cancel(id)), {
      code: 'code_already_received',
      details: { otp: '1111' },
    });
    t.match(await activations.finish(id), { ok: true });
    t.match(await wallet.get(), { currency: 'USD', held: '0.00' });
    t.match((await activations.list({ status: 'received' }).first()).data, [{ activation_id: id }]);
    const { data } = await activations.statuses([id, '2000000000']);
    t.match(data, [{ activation_id: id, otp: '1111' }, { error: 'activation_not_found' }]);
  });

  await t.test('a rental that ends without a code rejects the waiting', async (t) => {
    await control.changeSettings({ earliestCancelSeconds: 0 });
    const { activations } = clientOf(await gateway.newPartner());
    const { activation_id: id } = await activations.create(TG);
    const waiting = failure(activations.waitForCode(id));
    await activations.cancel(id);
    t.match(await waiting, { code: 'activation_cancelled', status: null, details: { reason: 'requested' } });
    t.match(await failure(activations.waitForPhone('2000000000')), { code: 'activation_not_found' });
  });

  await t.test('a purchase whose answer was lost: pending, then its code, its number never', async (t) => {
    await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true });
    const { activations } = clientOf(await gateway.newPartner());
    const rented = await activations.create({ ...TG, country: 187 });
    t.match(rented, { pending: true });
    const waiting = failure(activations.waitForPhone(rented.activation_id, { intervalMs: 100 }));
    const bought = (await control.rentals()).find(({ country }) => country === 187);
    await control.deliverCode({ activationId: bought?.activationId ?? '', code: '7777' });
    const provider = await findProvider(db, 1);
    const push = {
      secret: provider?.callbackSecret ?? '',
      providerRef: bought?.activationId ?? '',
      ...TG,
      country: 187,
      code: '7777',
      text: null,
    };
    t.equal(await recordPush({ ctx: gateway.ctx, input: push }), 'adopted');
    t.match(await activations.waitForCode(rented.activation_id), { otp: '7777', phone: null });
    t.match(await waiting, { code: 'phone_unknown', details: { otp: '7777' } });
  });

  await t.test('catalogue, wallet, CSV, usage', async (t) => {
    const { activations, catalogue, wallet } = clientOf(await gateway.newPartner());
    t.match((await catalogue.countries()).data, [{ id: Number, name: String }]);
    t.match((await catalogue.services()).data, [{ code: String, name: String }]);
    t.match((await catalogue.prices(TG)).data, [{ ...TG, price: String, stock: Number }]);
    for (let rental = 0; rental < 2; rental += 1) await activations.create(TG);
    const entries = [];
    for await (const entry of wallet.entries({ limit: 1 })) entries.push(entry);
    t.match(entries, [{ kind: 'hold' }, { kind: 'hold' }, { kind: 'credit', amount: '10.00' }]);
    let csv = '';
    for await (const piece of wallet.csv({ limit: 2 })) csv += piece;
    const lines = csv.trimEnd().split('\r\n');
    t.match(lines[0], /^id,kind,amount,/);
    t.strictSame(
      lines.slice(1).map((line) => line.split(',')[0]),
      entries.map(({ id }) => id),
    );
    t.match((await wallet.usage()).data, [{ day: String }]);
  });

  await t.test('a key takes another in its place', async (t) => {
    const partner = await gateway.newPartner();
    const { keys } = clientOf(partner);
    const [own] = (await keys.list()).data;
    const next = await keys.rotate(own?.id ?? '', { overlap_hours: 0 });
    t.match(next, { replaces: own?.id, secret: /^smsx_live_/ });
    t.match(await clientOf({ ...partner, secret: next.secret }).wallet.get(), { ok: true });
    await until(async () => (await failure(keys.list()).catch(() => null))?.code === 'unauthorized');
  });

  await t.test('a lost reply and a cut one: the call is repeated, and done once', async (t) => {
    const proxy = await startProxy(t, port);
    const partner = await gateway.newPartner();
    const { messages, activations } = clientOf(partner, { baseUrl: `http://127.0.0.1:${proxy.port}` });
    let heal = await proxy.apply({ kind: 'lost-reply', match: ['POST /v1/messages'], times: 2 });
    const sent = await messages.send(MESSAGE);
    t.equal(proxy.lostReplies(), 2);
    t.equal(await countOf('messages', partner.userId), 1);
    await heal();
    heal = await proxy.apply({ kind: 'lost-reply', match: ['POST /v1/activations'] });
    const rented = await activations.create(TG);
    await heal();
    t.equal(proxy.lostReplies(), 3);
    t.equal(await countOf('activations', partner.userId), 1);
    t.match(await activations.get(rented.activation_id), { status: 'waiting' });

    heal = await proxy.apply({ kind: 'limit', bytes: 60 });
    const options = { idempotencyKey: 'order-1009', maxRetries: 1 };
    const cut = await failure(messages.send(MESSAGE, options));
    t.match(cut, { code: 'connection_failed', retryable: true, attempts: 2, idempotencyKey: 'order-1009' });
    await heal();
    const repeated = await messages.send(MESSAGE, options);
    t.not(repeated.id, sent.id);
    t.equal(await countOf('messages', partner.userId), 2, 'what was cut off had been accepted');
    const other = await failure(messages.send({ ...MESSAGE, message: 'Other' }, options));
    t.match(other, { code: 'idempotency_mismatch', status: 422, attempts: 1 });
  });

  await t.test('test mode and wrong keys', async (t) => {
    const before = (await control.messages()).length;
    const { messages } = clientOf(await gateway.newPartner({ test: true }));
    const { id } = await messages.send(MESSAGE);
    await until(async () => (await messages.get(id)).status === 'delivered');
    t.equal((await control.messages()).length, before, 'with a test key nothing is sent');
    const stranger = new SmsxClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'smsx_live_wrong' });
    t.match(await failure(stranger.wallet.get()), { code: 'unauthorized', status: 401, attempts: 1 });
    const reader = clientOf(await gateway.newPartner({ scopes: ['read'] }));
    t.match(await failure(reader.messages.send(MESSAGE)), { code: 'insufficient_scope', status: 403 });
    const hurried = clientOf(await gateway.newPartner({ rateLimitPerSecond: 1 }));
    t.equal((await Promise.all([1, 2, 3].map(() => hurried.wallet.get()))).length, 3, '429 is waited for');
  });
});

async function failure(call: Promise<unknown>): Promise<SmsxError> {
  const error = await call.then(
    () => null,
    (cause) => cause,
  );
  if (error instanceof SmsxError) return error;
  throw new Error('it did not fail as it should', { cause: error });
}
