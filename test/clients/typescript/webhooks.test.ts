import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { SmsxError, verifyWebhook } from '../../../clients/typescript/src/index.ts';
import { until } from '../../helpers/until.ts';
import type { ReceivedWebhook } from '../../helpers/webhook-receiver.ts';
import { serve } from './gateway.ts';

const MESSAGE = { to: '+15551234567', message: 'Hello' };

t.test('endpoints, and what arrives there', async (t) => {
  const { gateway, receiver, clientOf } = await serve(t);
  const { webhooks, messages } = clientOf(await gateway.newPartner());
  const told = (path: string, count: number) =>
    until(async () => receiver.at(path).length >= count && receiver.at(path), {
      what: `${count} at ${path}`,
    });
  const settled = (id: string, status: 'delivered' | 'failed') =>
    until(
      async () => {
        const { data } = await webhooks.deliveries(id, { status }).first();
        return data.length > 0 && data;
      },
      { what: `a delivery that is ${status}` },
    );

  await t.test('create, read, test, rotate, delete', async (t) => {
    const made = await webhooks.create({ url: receiver.url('/all'), description: 'Production' });
    t.match(made, { status: 'enabled', secret: /^whsec_/ });
    t.match(await webhooks.get(made.id), { description: 'Production', event_types: null });
    t.strictSame(
      (await webhooks.list()).data.map(({ id }) => id),
      [made.id],
    );
    const { event } = await webhooks.test(made.id);
    const [tested] = await told('/all', 1);
    const told1 = await verified(tested, made.secret);
    t.match(told1, { type: 'webhook.test', id: event, data: { id: made.id } });

    const next = await webhooks.rotateSecret(made.id, { overlap_seconds: 600 });
    t.not(next.secret, made.secret);
    const { id } = await messages.send({ ...MESSAGE, reference: 'order-1' });
    const [, sent] = await told('/all', 2);
    const byOld = await verified(sent, made.secret);
    t.strictSame(await verified(sent, next.secret), byOld, 'while the secret is changed either is right');
    t.strictSame(byOld, sent?.json);
    if (byOld.type !== 'message.sent' && byOld.type !== 'message.delivered') throw new Error(byOld.type);
    t.match([byOld.data.id, byOld.data.reference], [id, 'order-1'], 'the type tells what the data is');

    await webhooks.rotateSecret(made.id, { overlap_seconds: 0 });
    t.match(await webhooks.delete(made.id), { id: made.id, deleted: true });
    await t.rejects(webhooks.get(made.id), { code: 'webhook_not_found' });
    await t.rejects(webhooks.delete(made.id), { code: 'webhook_not_found', attempts: 1 });
  });

  await t.test('deliveries, and telling again', async (t) => {
    receiver.answer('/failing', 500, 500);
    const { id } = await webhooks.create({ url: receiver.url('/failing'), event_types: ['message.sent'] });
    const { delivery } = await webhooks.test(id);
    t.match(await settled(id, 'failed'), [{ id: delivery, attempts: [{ status: 500 }] }]);
    t.match(await webhooks.replayFailed(id), { count: 1, more: false });
    await told('/failing', 2);
    await until(async () => {
      const again = await webhooks.replayDelivery(delivery).catch((error) => error);
      return again instanceof SmsxError ? null : again;
    });
    t.match(await settled(id, 'delivered'), [{ id: delivery, type: 'webhook.test' }]);
    for (let more = 0; more < 2; more += 1) await webhooks.test(id);
    const pages = [];
    for await (const { data } of webhooks.deliveries(id, { limit: 1 }).pages()) pages.push(data.length);
    t.strictSame(pages, [1, 1, 1]);
  });

  await t.test('one that answered 410 is enabled again', async (t) => {
    receiver.answer('/gone', 410);
    const { id } = await webhooks.create({ url: receiver.url('/gone') });
    await webhooks.test(id);
    await until(async () => (await webhooks.get(id)).status === 'disabled');
    await t.rejects(webhooks.test(id), { code: 'webhook_disabled' });
    t.match(await webhooks.enable(id), { status: 'enabled' });
  });

  await t.test('what is not as it was sent is refused, as the published library refuses it', async (t) => {
    const { id, secret } = await webhooks.create({ url: receiver.url('/genuine') });
    await webhooks.test(id);
    const [genuine] = await told('/genuine', 1);
    if (!genuine) throw new Error('nothing came');
    const headers = genuine.headers as Record<string, string>;
    const { body } = genuine;
    const cases: [string, string, Record<string, string>, string][] = [
      ['signature_wrong', body.replace('webhook.test', 'webhook.fake'), headers, secret],
      ['signature_wrong', `${body} `, headers, secret],
      ['signature_wrong', body, { ...headers, 'webhook-id': 'evt_1' }, secret],
      ['signature_wrong', body, headers, `whsec_${randomBytes(32).toString('base64')}`],
      ['signature_wrong', body, { ...headers, 'webhook-signature': 'v1,AAAA' }, secret],
      ['signature_wrong', body, { ...headers, 'webhook-signature': 'v1,???? v1a,AAAA nonsense' }, secret],
      ['header_missing', body, { ...headers, 'webhook-signature': '' }, secret],
      ['header_missing', body, without(headers, 'webhook-id'), secret],
      ['header_missing', body, without(headers, 'webhook-timestamp'), secret],
      ['timestamp_invalid', body, { ...headers, 'webhook-timestamp': 'soon' }, secret],
    ];
    t.ok(accepts(secret, body, headers));
    t.match(await verifyWebhook(body, headers, { secret }), { type: 'webhook.test' });
    for (const [fault, changed, own, with_] of cases) {
      await t.rejects(verifyWebhook(changed, own, { secret: with_ }), {
        name: 'WebhookVerificationError',
        fault,
      });
      t.notOk(accepts(with_, changed, own), fault);
    }
  });
});

t.test('age, several secrets, and every way a body and headers come', async (t) => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const other = `whsec_${randomBytes(24).toString('base64')}`;
  const body =
    '{"type":"message.sent","id":"evt_1","created_at":"2030-01-31T09:00:02.000Z","data":{"to":"Ünï"}}';
  const at = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const headers = signed(secret, body, at);
  const options = { secret };
  for (const [name, source] of Object.entries({
    'of Node': headers,
    'of fetch': new Headers(headers),
    'in capitals': Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key.toUpperCase(), value]),
    ),
    'as lists': Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]])),
  })) {
    t.match(
      await verifyWebhook(body, source, options),
      { id: 'evt_1', data: { to: 'Ünï' } },
      `headers ${name}`,
    );
  }
  for (const bytes of [Buffer.from(body), new TextEncoder().encode(body)]) {
    t.match(await verifyWebhook(bytes, headers, options), { id: 'evt_1' });
  }
  t.match(await verifyWebhook(body, headers, { secret: [other, secret] }), { id: 'evt_1' });
  t.match(await verifyWebhook(body, headers, { secret: secret.slice('whsec_'.length) }), { id: 'evt_1' });
  const both = signed(other, body, at)['webhook-signature'];
  const rotating = { ...headers, 'webhook-signature': `v1a,AAAA ${both} ${headers['webhook-signature']}` };
  t.match(await verifyWebhook(body, rotating, options), { id: 'evt_1' });

  for (const [seconds, fault] of [
    [300, null],
    [301, 'timestamp_too_old'],
    [-300, null],
    [-301, 'timestamp_too_new'],
  ] as const) {
    const now = new Date(at.getTime() + seconds * 1_000);
    const verdict = verifyWebhook(body, headers, { secret, now });
    if (fault === null) t.match(await verdict, { id: 'evt_1' }, `${seconds} s`);
    else await t.rejects(verdict, { name: 'WebhookVerificationError', fault }, `${seconds} s`);
  }
  const hour = { secret, toleranceSeconds: 3_600, now: new Date(at.getTime() + 1_800_000) };
  t.match(await verifyWebhook(body, headers, hour), { id: 'evt_1' });
  await t.rejects(verifyWebhook('no JSON', signed(secret, 'no JSON', at), options), {
    name: 'WebhookVerificationError',
    fault: 'body_invalid',
  });
  for (const wrong of ['', 'whsec_', 'whsec_%%%', []]) {
    await t.rejects(verifyWebhook(body, headers, { secret: wrong }), { name: 'TypeError' }, `${wrong}`);
  }
});

async function verified(received: ReceivedWebhook | undefined, secret: string) {
  return verifyWebhook(received?.body ?? '', received?.headers ?? {}, { secret });
}

function signed(secret: string, body: string, at: Date): Record<string, string> {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(at.getTime() / 1_000),
    'webhook-signature': new Webhook(secret).sign('evt_1', at, body),
  };
}

function accepts(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}
