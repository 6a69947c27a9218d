import t from 'tap';
import { insertProvider, writeMirror } from '#libs/store';
import type { Action } from '../../../../apps/gateway/actions/index.ts';
import { requestPath } from '../../../../apps/gateway/docs/curl.ts';
import { V1_ENDPOINTS } from '../../../../apps/gateway/v1/index.ts';
import { newPurchase } from '../../../helpers/rental-rows.ts';
import { startTestGateway, type TestGateway, type TestPartner, TWILIO_ENVIRONMENT } from '../gateway.ts';

const OPERATIONS = V1_ENDPOINTS.flatMap((endpoint) =>
  [...endpoint.actions.values()].map((action) => ({ endpoint, action })),
);

/** Ids that nobody has, by what the path is about. */
const NOBODYS: Record<string, string> = {
  messages: '00000000-0000-4000-8000-000000000000',
  activations: '2000000000',
  keys: '000000000000',
  webhooks: '00000000-0000-4000-8000-000000000000',
  'webhook-deliveries': '00000000-0000-4000-8000-000000000000',
};

t.test('what another partner owns is not there, on any path of the table', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const theirs = await ownSomething(gateway);
  const ask = askAs(gateway, await gateway.newPartner());
  const withId = OPERATIONS.filter(({ endpoint }) => endpoint.path.includes('/:id'));
  t.ok(withId.length >= 7);
  for (const { endpoint, action } of withId) {
    const [, , kind = ''] = endpoint.path.split('/');
    t.ok(theirs[kind] && NOBODYS[kind], `${endpoint.path}: the test knows such ids`);
    const what = `${action.method} ${endpoint.path}`;
    const foreign = await ask(endpoint.path.replace(':id', theirs[kind] ?? ''), action.method);
    const nobodys = await ask(endpoint.path.replace(':id', NOBODYS[kind] ?? ''), action.method);
    t.strictSame([foreign.statusCode, foreign.body], [404, nobodys.body], what);
  }
});

t.test('nor in any list', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const theirs = await ownSomething(gateway);
  const ask = askAs(gateway, await gateway.newPartner());
  const lists = OPERATIONS.filter(
    ({ endpoint, action }) => action.method === 'GET' && !endpoint.path.includes('/:id'),
  );
  t.ok(lists.length >= 9);
  for (const { endpoint, action } of lists) {
    const input = Object.hasOwn(action.input, 'ids') ? { ids: theirs.activations } : {};
    const reply = await ask(requestPath(endpoint, action, input), 'GET');
    t.equal(reply.statusCode, 200, `${endpoint.path}: ${reply.body}`);
    for (const word of [theirs.messages, theirs.keys, theirs.phone]) {
      t.notOk(reply.body.includes(String(word)), endpoint.path);
    }
  }
  for (const path of ['/v1/messages', '/v1/activations']) {
    t.strictSame((await ask(path, 'GET')).json().data, [], path);
  }
  const { data } = (await ask(`/v1/activations/statuses?ids=${theirs.activations}`, 'GET')).json();
  t.match(data, [{ ok: false, error: 'activation_not_found' }]);
});

/** The id of the request is the same, so that replies can be compared byte for byte. */
function askAs(gateway: TestGateway, { secret }: TestPartner) {
  const headers = { 'x-api-key': secret, 'x-request-id': 'same' };
  return (url: string, method: Action['method']) => gateway.app.inject({ url, method, headers });
}

async function ownSomething(gateway: TestGateway): Promise<Record<string, string>> {
  const { ctx, main } = gateway;
  const { id } = (await gateway.send({ to: '+15551239876', message: 'Hello' })).json();
  await insertProvider(ctx.db, {
    ...{ kind: 'smsbower', name: 'one', apiUrl: 'http://127.0.0.1:1', credentials: Buffer.alloc(1) },
    ...{ callbackSecret: 'secret', requestsPerSecond: 0 },
  });
  for (const kind of ['countries', 'services', 'prices', 'balance'] as const) {
    await writeMirror(ctx.db, { providerId: 1, kind, scope: '' }, { kind: 'ok', value: [] });
  }
  const { activation } = await newPurchase(ctx.db, main.userId);
  await ctx.db.query(`UPDATE activations SET phone = '+919876543210' WHERE id = $1`, [activation.id]);
  const [, , key = ''] = main.secret.split('_');
  return {
    ...{ messages: id, activations: String(activation.id), keys: key, phone: '919876543210' },
    ...(await ownWebhook(gateway)),
  };
}

/** An endpoint, and the delivery of its test event. */
async function ownWebhook({ app, main }: TestGateway) {
  const headers = { 'x-api-key': main.secret };
  const ask = async (method: 'GET' | 'POST', url: string, payload?: Record<string, unknown>) =>
    (await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })).json();
  const { id } = await ask('POST', '/v1/webhooks', { url: 'https://hooks.partner.test/sms' });
  await ask('POST', `/v1/webhooks/${id}/test`);
  const { data } = await ask('GET', `/v1/webhooks/${id}/deliveries`);
  return { webhooks: id, 'webhook-deliveries': data[0]?.id ?? '' };
}
