import { Webhook as PublishedWebhook } from 'standardwebhooks';
import t from 'tap';
import { startWorker } from '../../apps/worker/start.ts';
import {
  type FeedEvent,
  type Message,
  SmsxClient,
  type SmsxError,
  verifyWebhook,
} from '../../clients/typescript/src/index.ts';
import { freePort } from '../../scripts/lib/ports.mjs';
import { gatewayOfSystem } from '../apps/gateway/gateway.ts';
import { startProxy } from '../faults/harness/proxy.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';
import { startWebhookReceiver } from '../helpers/webhook-receiver.ts';

t.setTimeout(120_000);

/** The message that an event is about. */
function subjectOf(event: FeedEvent): string | undefined {
  return event.type === 'message.sent' ? event.data?.id : undefined;
}

t.test('the client against a gateway with worker, poller and providers', async (t) => {
  const port = await freePort();
  const system = await startSystem(t, { workers: 0, env: { PUBLIC_BASE_URL: `http://127.0.0.1:${port}` } });
  const { ctx, redisPrefix } = system;
  const { control } = system.sandbox;
  const receiver = await startWebhookReceiver(t);
  await startWorker(system.context('worker'), { redisPrefix, webhooks: receiver.reach });
  const gateway = await gatewayOfSystem(t, system, { streamLifetimeMs: 20_000 });
  await gateway.app.listen({ port, host: '127.0.0.1' });
  const proxy = await startProxy(t, port);
  const baseUrl = `http://127.0.0.1:${proxy.port}`;
  const clientOf = (apiKey: string) => new SmsxClient({ baseUrl, apiKey });
  const client = clientOf(gateway.main.secret);
  const delivered = (id: string) =>
    until(
      async () => {
        const message = await client.messages.get(id);
        return message.status === 'delivered' ? message : null;
      },
      { what: `${id} delivered` },
    );

  await t.test('a message, from its estimate to its timeline', async (t) => {
    t.match(await client.messages.estimate({ to: '+15551234567', message: 'Grüße' }), { segments: 1 });
    const { id } = await client.messages.send({ to: '+15551234567', message: 'Hello', reference: 'order-1' });
    t.ok((await delivered(id)).timeline.length > 0);
    const waited = await client.messages.send({ to: '+15551234567', message: 'Hello' }, { waitSeconds: 10 });
    t.notSame(waited.status, 'queued', 'the reply came with the verdict');
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = await client.messages.send({ to: '+15551234567', message: 'Later', send_at: later });
    t.match(await client.messages.cancel(scheduled.id), { status: 'canceled' });
    t.match(await client.messages.list({ reference: 'order-1' }).first(), {
      data: [{ id }],
      next_cursor: null,
    });
  });

  await t.test('a rental, from its quote to its code', async (t) => {
    const quote = await client.activations.quote({ service: 'tg', country: 22 });
    const { activation_id: id } = await client.activations.create({
      service: 'tg',
      country: 22,
      quote_id: quote.id,
    });
    const { phone } = await client.activations.waitForPhone(id);
    const waiting = client.activations.waitForCode(id);
    await control.deliverCode({ phone, code: '482913' });
    t.match(await waiting, { otp: '482913', price: quote.price });
    t.match(await client.activations.statuses([id]), { data: [{ activation_id: id, status: 'received' }] });
    await client.activations.finish(id);
    t.match(await client.wallet.entries().first(), { data: [{ kind: 'capture', activation_id: id }] });
    t.match(await client.wallet.get(), { held: '0.00' });
    t.match((await client.wallet.usage()).data.at(-1), { activations: { total: 1 } });
    t.ok((await client.catalogue.countries()).data.length > 0);
    t.ok((await client.catalogue.services()).data.length > 0);
    t.ok((await client.catalogue.prices({ service: 'tg' })).data.length > 0);
  });

  await t.test('waiting for a code ends with the rental, and with a signal', async (t) => {
    const { activation_id: id } = await client.activations.create({ service: 'tg', country: 22 });
    const { phone } = await client.activations.waitForPhone(id);
    const abort = new AbortController();
    const reason = new Error('enough');
    const waiting = client.activations.waitForCode(id, { signal: abort.signal });
    abort.abort(reason);
    await t.rejects(waiting, reason);
    const again = client.activations.waitForCode(id);
    await control.expire({ phone });
    await t.rejects(again, { name: 'SmsxError', code: 'activation_cancelled' });
  });

  await t.test('a list is read page by page, each entry once', async (t) => {
    const partner = clientOf((await gateway.newPartner()).secret);
    const sent: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      sent.push((await partner.messages.send({ to: '+15551234567', message: `Text ${i}` })).id);
    }
    const listed: Message[] = [];
    for await (const message of partner.messages.list({ limit: 2 })) listed.push(message);
    t.same(
      listed.map(({ id }) => id),
      sent.reverse(),
    );
    const sizes: number[] = [];
    for await (const { data } of partner.messages.list({ limit: 2 }).pages()) sizes.push(data.length);
    t.same(sizes, [2, 2, 1]);
  });

  await t.test('webhooks: ours is what the published library accepts, and nothing else', async (t) => {
    const partner = clientOf((await gateway.newPartner()).secret);
    const hook = await partner.webhooks.create({ url: receiver.url('/client') });
    await partner.webhooks.test(hook.id);
    const got = await until(async () => receiver.at('/client')[0] ?? null, { what: 'the test event' });
    const headers = got.headers as Record<string, string>;
    const { secret } = hook;
    const verified = await verifyWebhook(got.body, headers, { secret });
    t.match(verified, { type: 'webhook.test', id: headers['webhook-id'] });
    t.same(new PublishedWebhook(secret).verify(got.body, headers), verified);
    const { secret: other } = await partner.webhooks.rotateSecret(hook.id);
    t.same(await verifyWebhook(got.body, headers, { secret: [other, secret] }), verified);

    const refused = async (fault: string, ...call: Parameters<typeof verifyWebhook>) =>
      t.match(await verifyWebhook(...call).catch((error) => error), {
        name: 'WebhookVerificationError',
        fault,
      });
    const ageing = (seconds: number) => new Date(Date.now() + seconds * 1_000);
    await refused('signature_wrong', `${got.body} `, headers, { secret });
    await refused('signature_wrong', got.body, headers, { secret: other });
    await refused('signature_wrong', got.body, { ...headers, 'webhook-id': 'evt_0' }, { secret });
    await refused('header_missing', got.body, { ...headers, 'webhook-signature': undefined }, { secret });
    await refused('timestamp_invalid', got.body, { ...headers, 'webhook-timestamp': 'now' }, { secret });
    await refused('timestamp_too_old', got.body, headers, { secret, now: ageing(600) });
    await refused('timestamp_too_new', got.body, headers, { secret, now: ageing(-600) });
    await t.rejects(verifyWebhook(got.body, headers, { secret: '' }), TypeError);
    await until(
      async () => (await partner.webhooks.deliveries(hook.id).first()).data[0]?.status === 'delivered',
      { what: 'the delivery in the log' },
    );
    t.match(await partner.webhooks.list(), { data: [{ id: hook.id }] });
    t.match(await partner.webhooks.delete(hook.id), { deleted: true });
    await t.rejects(partner.webhooks.get(hook.id), { code: 'webhook_not_found', status: 404 });
  });

  await t.test('events are followed and streamed, also over a cut connection', async (t) => {
    const partner = clientOf((await gateway.newPartner()).secret);
    const stream = partner.events.stream({ types: ['message.sent'] });
    const first = stream.next();
    const ids = [(await partner.messages.send({ to: '+15551234567', message: 'One' })).id];
    const told = [(await first).value];
    const heal = await proxy.apply({ kind: 'reset' });
    await heal();
    ids.push((await partner.messages.send({ to: '+15551234567', message: 'Two' })).id);
    told.push((await stream.next()).value);
    t.same(
      told.map(({ event }) => subjectOf(event)),
      ids,
      'each once, in order',
    );
    await stream.return(undefined as never);
    const follow = partner.events.follow({ types: ['message.sent'], intervalMs: 50 });
    const page = (await follow.next()).value;
    t.same(page.data.map(subjectOf), ids);
    await follow.return(undefined as never);
  });

  await t.test(
    'a reply that is lost: the repetition has the same key, and the thing is done once',
    async (t) => {
      const partner = await gateway.newPartner();
      const own = clientOf(partner.secret);
      const heal = await proxy.apply({ kind: 'lost-reply', match: ['POST /v1/messages '] });
      const { id } = await own.messages.send({ to: '+15551234567', message: 'Once' });
      await heal();
      t.equal(proxy.lostReplies(), 1);
      const { rows } = await ctx.db.query('SELECT id FROM messages WHERE owner = $1', [
        `u:${partner.userId}`,
      ]);
      t.same(rows, [{ id }]);
    },
  );

  await t.test('a key is rotated, and the old one goes on until its time', async (t) => {
    const old = clientOf((await gateway.newPartner()).secret);
    const [key] = (await old.keys.list()).data;
    const { secret } = await old.keys.rotate(key?.id ?? '');
    t.match(await clientOf(secret).wallet.get(), { ok: true });
    t.match(await old.wallet.get(), { ok: true });
  });

  await t.test('a refusal says why, and is not repeated', async (t) => {
    const wrong = client.messages.send({ to: '123', message: 'x' });
    const error: SmsxError = await wrong.then(
      () => t.fail('accepted'),
      (reason) => reason,
    );
    t.match(error, { code: 'invalid_to', status: 400, param: 'to', retryable: false, attempts: 1 });
    t.ok(error.requestId && error.docUrl && error.idempotencyKey);
    await t.rejects(clientOf('smsx_live_wrong').wallet.get(), { name: 'SmsxError', code: 'unauthorized' });
    await t.rejects(client.messages.get('..'), TypeError);
    t.throws(() => new SmsxClient({ baseUrl: 'sms.example.com', apiKey: 'k' }), TypeError);
    t.throws(() => new SmsxClient({ baseUrl, apiKey: 'a key' }), TypeError);
  });

  t.same(await system.brokenInvariants(), []);
});
