import { join } from 'node:path';
import t, { type Test } from 'tap';
import { TABS, type Tab } from '../../../apps/gateway/docs/guide/fence.ts';
import { startWorker } from '../../../apps/worker/start.ts';
import { startSystem } from '../../helpers/system.ts';
import { until } from '../../helpers/until.ts';
import { startWebhookReceiver } from '../../helpers/webhook-receiver.ts';
import {
  type Example,
  examplesOf,
  freePort,
  isAtHand,
  isLike,
  runExample,
  shapeOf,
} from './docs-examples.ts';
import { gatewayOfSystem, type TestPartner } from './gateway.ts';

t.setTimeout(900_000);
type Json = Record<string, string>;

const EXAMPLES = examplesOf();
/** Run by docs-receivers.test.ts. */
const RECEIVING = ['receiver', 'sample'];

t.test('the examples of the guide do what is shown', async (t) => {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const system = await startSystem(t, { workers: 0, env: { PUBLIC_BASE_URL: baseUrl } });
  const { redisPrefix } = system;
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
  const isTold = async (partner: TestPartner, id: string) => {
    const request = { url: `/v1/webhooks/${id}/deliveries`, headers: { 'x-api-key': partner.secret } };
    const ask = async () => (await gateway.app.inject(request)).json();
    await until(async () => (await ask()).data[0]?.status === 'delivered', { what: `a delivery to ${id}` });
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
        deliveries: () => isTold(partner, last.id ?? ''),
        poll: () => withCode(partner, rented),
        status: async () => withCode(partner, await rentalOf(partner)),
        resend: async () => withCode(partner, await rentalOf(partner)),
        cancel: async () => (await rentalOf(partner)).activation_id ?? '',
        'v1-status': () => withCode(partner, last),
      };
      const isTested = async () => {
        const tested = async () => receiver.at(told).some(({ json }) => json.type === 'webhook.test');
        await until(tested, { what: 'a test event' });
      };
      const after: Record<string, (json: Json, again: () => Promise<string>) => Promise<void>> = {
        rent: async (json) => {
          rented = json;
        },
        repeat: async (_json, again) => {
          t.match(await again(), /^idempotent-replayed: true/im, 'the second time');
        },
        'test-webhook-quick': isTested,
        'test-webhook': isTested,
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
          .replaceAll(/(MESSAGE|WEBHOOK|QUOTE)_ID/g, last.id ?? '')
          .replaceAll('ACTIVATION_ID', activationId)
          .replaceAll('https://partner.example/hooks/sms', receiver.url(told));
        t.notMatch(code, /\{\{|_ID\b/, `${label}: every placeholder has its value`);
        const run = () => runExample(join(folder, tab, example.page, example.name), example, code);
        const printed = readPrinted(tab, await run());
        compare(t, label, printed, example.reply);
        const { json } = printed;
        last = { ...last, ...json };
        await after[example.name]?.(json, run);
      }
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
});

function compare(t: Test, label: string, { status, text, json }: Printed, reply: Example['reply']): void {
  if (reply === null) return;
  if ('text' in reply) {
    t.ok(isLike(text, reply.text), `${label}: ${text} is like ${reply.text}`);
    return;
  }
  t.equal(status ?? reply.status, reply.status, `${label}: status`);
  t.strictSame(shapeOf(json), shapeOf(reply.json), `${label}: the reply that is shown`);
}

type Printed = ReturnType<typeof readPrinted>;

/** The body, and the status where it is said. */
function readPrinted(tab: Tab, printed: string) {
  const lines = printed.trim().split('\n');
  const status = tab === 'curl' ? Number(lines.pop()) : null;
  const text = lines.join('\n');
  return { status, text, json: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
}
