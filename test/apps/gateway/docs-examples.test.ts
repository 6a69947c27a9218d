import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { webhookSecret } from '#libs/services';
import { TABS, type Tab } from '../../../apps/gateway/docs/guide/fence.ts';
import { startWorker } from '../../../apps/worker/start.ts';
import { startSystem } from '../../helpers/system.ts';
import { until } from '../../helpers/until.ts';
import { type ReceivedWebhook, startWebhookReceiver } from '../../helpers/webhook-receiver.ts';
import { examplesOf, freePort, isAtHand, runExample, serveExample, shapeOf } from './docs-examples.ts';
import { gatewayOfSystem, type TestPartner } from './gateway.ts';

t.setTimeout(900_000);
type Json = Record<string, string>;

const EXAMPLES = examplesOf();
/** These need each other. */
const RECEIVING = ['receiver', 'sample'];

t.test('the examples of the guide do what is shown', async (t) => {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const system = await startSystem(t, { workers: 0, env: { PUBLIC_BASE_URL: baseUrl } });
  const { ctx, redisPrefix } = system;
  const { control } = system.sandbox;
  const receiver = await startWebhookReceiver(t);
  await startWorker(system.context('worker'), { redisPrefix, webhooks: receiver.reach });
  const gateway = await gatewayOfSystem(t, system);
  await gateway.app.listen({ port, host: '127.0.0.1' });
  const folder = t.testdir({});

  const post = async (partner: TestPartner, action: string, body: unknown) =>
    (await gateway.post(action, body, { 'x-api-key': partner.secret })).json();
  const rentalOf = async (partner: TestPartner): Promise<Json> =>
    post(partner, 'rent_number', { service: 'tg', country: 22 });
  const isDelivered = async (partner: TestPartner, id: string) => {
    const headers = { 'x-api-key': partner.secret };
    const ask = async () => (await gateway.app.inject({ url: `/v1/messages/${id}`, headers })).json();
    await until(async () => (await ask()).status === 'delivered', { what: `${id} being delivered` });
    return '';
  };
  const withCode = async (partner: TestPartner, { activation_id: id = '', phone = '' }: Json) => {
    await control.deliverCode({ phone, code: '482913' });
    const isThere = async () =>
      (await gateway.get(`action=status&id=${id}`, partner)).json().status === 'received';
    await until(isThere, { what: `the code of ${id}` });
    return id;
  };

  for (const tab of Object.keys(TABS) as Tab[]) {
    const own = EXAMPLES.filter((example) => example.tab === tab && !RECEIVING.includes(example.name));
    const skip = isAtHand(tab) ? false : `${TABS[tab]} is not at hand`;
    await t.test(TABS[tab], { skip }, async (t) => {
      t.ok(own.length >= 3, 'there is something to run');
      const partner = await gateway.newPartner();
      const told = `/told-${tab}`;
      let last: Json = {};
      let rented: Json = {};
      /** What must have happened before an example; what it gives stands in the place of ACTIVATION_ID. */
      const before: Record<string, () => Promise<string>> = {
        message: () => isDelivered(partner, last.id ?? ''),
        poll: () => withCode(partner, rented),
        status: async () => withCode(partner, await rentalOf(partner)),
        resend: async () => withCode(partner, await rentalOf(partner)),
        cancel: async () => (await rentalOf(partner)).activation_id ?? '',
      };
      const after: Record<string, (json: Json, again: () => Promise<string>) => Promise<void>> = {
        rent: async (json) => {
          rented = json;
        },
        repeat: async (_json, again) => {
          t.match(await again(), /^idempotent-replayed: true/im, 'the second time');
        },
        callback: async () => {
          await until(async () => receiver.at(told).length >= 2, { what: 'two webhooks' });
        },
      };
      for (const example of own) {
        const label = `${example.page}: ${example.name}`;
        const activationId = (await before[example.name]?.()) ?? '';
        const code = example.code
          .replaceAll('{{base_url}}', baseUrl)
          .replaceAll('YOUR_API_KEY', partner.secret)
          .replaceAll('MESSAGE_ID', last.id ?? '')
          .replaceAll('ACTIVATION_ID', activationId)
          .replaceAll('https://partner.example/hooks/sms', receiver.url(told));
        t.notMatch(code, /\{\{|_ID\b/, `${label}: every placeholder has its value`);
        const run = () => runExample(join(folder, tab, example.page, example.name), example, code);
        const { status, json } = readPrinted(tab, await run());
        if (example.reply) {
          t.equal(status ?? example.reply.status, example.reply.status, `${label}: status`);
          t.strictSame(shapeOf(json), shapeOf(example.reply.json), `${label}: the reply that is shown`);
        }
        last = { ...last, ...json };
        await after[example.name]?.(json, run);
      }
    });
  }

  for (const tab of Object.keys(TABS) as Tab[]) {
    const example = EXAMPLES.find((one) => one.tab === tab && one.name === 'receiver');
    if (!example) continue;
    const skip = isAtHand(tab) ? false : `${TABS[tab]} is not at hand`;
    await t.test(`a receiver in ${TABS[tab]}`, { skip }, async (t) => {
      const partner = await gateway.newPartner();
      const path = `/${tab}`;
      await gateway.send(
        { to: '+15551234567', message: 'Hello', callback_url: receiver.url(path) },
        { 'x-api-key': partner.secret },
      );
      await until(async () => receiver.at(path).length > 0, { what: 'a webhook' });
      const secret = webhookSecret(ctx, `u:${partner.userId}`);
      const code = example.code.replace('YOUR_WEBHOOK_SECRET', secret);
      const running = await serveExample(join(folder, 'receivers', tab), example, code);
      t.teardown(running.stop);
      await t.test('takes what is genuine, and nothing else', async (t) => {
        const [real] = receiver.at(path);
        if (!real) throw new Error('there is no webhook');
        for (const [what, { headers, body }, status] of attempts(real, secret)) {
          const response = await fetch(running.url, { method: 'POST', headers, body });
          t.equal(response.status, status, what);
        }
        t.match(running.printed(), /message\.sent/);
      });
      await t.test('takes the signed sample', async (t) => {
        const sample = EXAMPLES.find(({ name }) => name === 'sample');
        if (!sample) throw new Error('there is no sample');
        for (const [what, by, status] of [
          ['signed with the secret', secret, '204'],
          ['signed with another', `whsec_${Buffer.alloc(32, 7).toString('base64')}`, '401'],
        ] as const) {
          const script = sample.code
            .replace('YOUR_WEBHOOK_SECRET', by)
            .replace('http://127.0.0.1:3000/', running.url);
          t.equal(
            (await runExample(join(folder, 'samples', tab), sample, script)).trim().split('\n')[0],
            status,
            what,
          );
        }
      });
    });
  }
});

t.test('the examples are those that are promised', async (t) => {
  for (const name of ['send', 'rent', 'poll']) {
    const tabs = EXAMPLES.filter((example) => example.page === 'quickstart' && example.name === name);
    t.strictSame(
      tabs.map(({ tab }) => tab),
      Object.keys(TABS),
      name,
    );
  }
  const receivers = new Set(EXAMPLES.filter(({ name }) => name === 'receiver').map(({ tab }) => tab));
  t.strictSame([...receivers].sort(), ['go', 'node', 'php', 'python']);
});

/** The body, and the status where it is said. */
function readPrinted(tab: Tab, printed: string) {
  const lines = printed.trim().split('\n');
  const status = tab === 'curl' ? Number(lines.pop()) : null;
  const text = lines.join('\n');
  return { status, json: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
}

type Posted = { headers: Record<string, string>; body: string };

/** A real webhook, and what a stranger could make of it. */
function attempts({ headers, body }: ReceivedWebhook, secret: string): [string, Posted, number][] {
  const id = String(headers['webhook-id']);
  const signed = (at: Date, text: string, by = secret) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign(id, at, text),
  });
  const real = {
    'webhook-id': id,
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  };
  const now = new Date();
  const old = new Date(now.getTime() - 600_000);
  const others = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const both = {
    ...signed(now, body),
    'webhook-signature': `${new Webhook(others).sign(id, now, body)} ${new Webhook(secret).sign(id, now, body)}`,
  };
  return [
    ['the webhook as it came', { headers: real, body }, 204],
    ['signed with two secrets', { headers: both, body }, 204],
    ['another body', { headers: real, body: `${body} ` }, 401],
    ['another secret', { headers: signed(now, body, others), body }, 401],
    ['ten minutes old', { headers: signed(old, body), body }, 401],
    ['without a signature', { headers: {}, body }, 401],
    ['a timestamp that is none', { headers: { ...real, 'webhook-timestamp': 'soon' }, body }, 401],
  ];
}
