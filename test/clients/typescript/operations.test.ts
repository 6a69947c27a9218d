import { readFileSync } from 'node:fs';
import t from 'tap';
import { ENDPOINTS } from '../../../apps/gateway/actions/index.ts';
import { openApiDocument } from '../../../apps/gateway/docs/openapi.ts';
import { clientTypes, type OpenApi } from '../../../clients/typescript/generator/client-types.ts';
import { SmsxClient } from '../../../clients/typescript/src/index.ts';

const GENERATED = new URL('../../../clients/typescript/src/generated.ts', import.meta.url);
const README = new URL('../../../clients/typescript/README.md', import.meta.url);
const MESSAGE = { to: '+15551234567', message: 'Hello' };
const RENTAL = { service: 'tg', country: 22 };
const HOOK = { url: 'https://partner.example/hooks/sms' };

/** A method for each operation; the paths and bodies that they send are compared with the gateway's own. */
const METHODS: Record<string, (client: SmsxClient) => Promise<unknown>> = {
  'list-messages': ({ messages }) => messages.list({ status: 'sent' }).first(),
  'send-message': ({ messages }) => messages.send(MESSAGE),
  'get-message': ({ messages }) => messages.get('an id'),
  'cancel-message': ({ messages }) => messages.cancel('an id'),
  'create-quote': ({ activations }) => activations.quote(RENTAL),
  'list-activations': ({ activations }) => activations.list({ status: 'waiting' }).first(),
  'create-activation': ({ activations }) => activations.create(RENTAL),
  'get-activation-statuses': ({ activations }) => activations.statuses(['1', '2']),
  'get-activation': ({ activations }) => activations.get('7'),
  'cancel-activation': ({ activations }) => activations.cancel('7'),
  'resend-activation': ({ activations }) => activations.resend('7'),
  'finish-activation': ({ activations }) => activations.finish('7'),
  'list-countries': ({ catalogue }) => catalogue.countries(),
  'list-services': ({ catalogue }) => catalogue.services(),
  'list-prices': ({ catalogue }) => catalogue.prices({ service: 'tg', country: 22 }),
  'get-wallet': ({ wallet }) => wallet.get(),
  'list-wallet-entries': ({ wallet }) => wallet.entries().first(),
  'get-usage': ({ wallet }) => wallet.usage({ from: '2030-01-01' }),
  'list-keys': ({ keys }) => keys.list(),
  'rotate-key': ({ keys }) => keys.rotate('0a1b2c3d4e5f', { overlap_hours: 48 }),
  'list-events': ({ events }) => events.read({ types: ['message.sent'] }),
  'stream-events': ({ events }) => events.stream({ after: 'ODY4LDQ4MjEz' }).next(),
  'list-webhooks': ({ webhooks }) => webhooks.list(),
  'create-webhook': ({ webhooks }) => webhooks.create(HOOK),
  'get-webhook': ({ webhooks }) => webhooks.get('an id'),
  'delete-webhook': ({ webhooks }) => webhooks.delete('an id'),
  'rotate-webhook-secret': ({ webhooks }) => webhooks.rotateSecret('an id', { overlap_seconds: 60 }),
  'test-webhook': ({ webhooks }) => webhooks.test('an id'),
  'enable-webhook': ({ webhooks }) => webhooks.enable('an id'),
  'replay-webhook': ({ webhooks }) => webhooks.replayFailed('an id'),
  'list-webhook-deliveries': ({ webhooks }) => webhooks.deliveries('an id', { status: 'failed' }).first(),
  'replay-webhook-delivery': ({ webhooks }) => webhooks.replayDelivery('an id'),
};

const OPERATIONS = ENDPOINTS.filter(({ path }) => path.startsWith('/v1/')).flatMap(({ path, actions }) =>
  [...actions.values()].map(({ name, method, input }) => ({ name, method, path, input })),
);

t.test('generated.ts is what the generator makes now: else run npm run generate', async (t) => {
  const made = clientTypes(documentOfGateway());
  t.ok(made === readFileSync(GENERATED, 'utf8'), 'the OpenAPI document has not changed since');
});

t.test('every operation of the gateway has a method, and none is for something else', async (t) => {
  t.ok(OPERATIONS.length > 30);
  t.strictSame(Object.keys(METHODS).sort(), OPERATIONS.map(({ name }) => name).sort());
});

t.test('the README names every operation, and every method of a part', async (t) => {
  const readme = readFileSync(README, 'utf8');
  for (const { name } of OPERATIONS) t.ok(readme.includes(`\`${name}\``), name);
  const { messages, activations, catalogue, wallet, events, webhooks, keys } = clientThat(async () =>
    Response.error(),
  );
  for (const [part, object] of Object.entries({
    messages,
    activations,
    catalogue,
    wallet,
    events,
    webhooks,
    keys,
  })) {
    const [, row = ''] = new RegExp(`^((?:\\| \`${part}\\..*\\n)+)`, 'm').exec(readme) ?? [];
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter(
      (own) => own !== 'constructor',
    );
    for (const method of methods) t.match(row, new RegExp(`\\.${method}\``), `${part}.${method}`);
  }
});

for (const { name, method, path, input } of OPERATIONS) {
  t.test(`${name} is asked for as the gateway has it`, async (t) => {
    const asked = await requestOf(METHODS[name] ?? (async () => undefined));
    t.equal(asked?.method, method);
    const url = new URL(asked?.url ?? '');
    t.match(url.pathname, new RegExp(`^/below${path.replace(/:\w+/g, '[^/]+')}$`));
    for (const parameter of url.searchParams.keys()) t.ok(parameter in input, `${parameter} is known there`);
    const body = await asked?.text();
    for (const field of Object.keys(body ? JSON.parse(body) : {})) t.ok(field in input, `${field} is known`);
    t.equal(asked?.headers.get('authorization'), 'Bearer smsx_live_1');
    t.equal(asked?.headers.has('idempotency-key'), method === 'POST');
    t.equal(asked?.headers.get('content-type') ?? null, body ? 'application/json' : null);
  });
}

t.test('the cursor, the wait and the format go where the gateway reads them', async (t) => {
  const urls: string[] = [];
  const client = clientThat(async (request) => {
    urls.push(new URL(request.url).search);
    if (urls.at(-1)?.includes('csv'))
      return new Response('id\r\n', { headers: { 'content-type': 'text/csv' } });
    const next = urls.length === 1 ? 'second' : null;
    return Response.json({ ok: true, data: [{ id: String(urls.length) }], next_cursor: next, otp: '1' });
  });
  const ids = [];
  for await (const { id } of client.wallet.entries({ limit: 1 })) ids.push(id);
  t.strictSame(ids, ['1', '2']);
  await client.activations.waitForCode('7');
  for await (const _ of client.wallet.csv()) break;
  await client.wallet.entries({ cursor: 'kept' }).first();
  t.strictSame(urls, ['?limit=1', '?limit=1&cursor=second', '?wait=25', '?format=csv', '?cursor=kept']);
});

t.test('options that cannot work are refused at once', async (t) => {
  for (const baseUrl of ['', 'sms.example.com', 'ftp://sms.example.com']) {
    t.throws(() => new SmsxClient({ baseUrl, apiKey: 'k' }), { name: 'TypeError', message: /baseUrl/ });
  }
  for (const apiKey of ['', 'a key', 'key\n']) {
    t.throws(() => new SmsxClient({ baseUrl: 'https://sms.example.com', apiKey }), { message: /apiKey/ });
  }
  const client = clientThat(async () => Response.json({ ok: true }));
  for (const id of ['', '.', '..']) await t.rejects(client.messages.get(id), { name: 'TypeError' }, id);
  const asked = await requestOf(({ messages }) => messages.get('../keys?x#y'));
  t.match(asked?.url, /\/v1\/messages\/\.\.%2Fkeys%3Fx%23y$/, 'an id stays one segment');
});

/** It is a valid document, as the linter sees to. */
function documentOfGateway(): OpenApi {
  return openApiDocument('https://sms.example.com') as unknown as OpenApi;
}

/** What a method asks for. */
async function requestOf(method: (client: SmsxClient) => Promise<unknown>): Promise<Request | undefined> {
  let asked: Request | undefined;
  const client = clientThat(async (request) => {
    asked ??= request;
    return new Response('id: 1\ndata: {}\n\n', { status: 501 });
  });
  await method(client).catch(() => undefined);
  return asked;
}

function clientThat(answer: (request: Request) => Promise<Response>): SmsxClient {
  return new SmsxClient({
    baseUrl: 'https://sms.example.com/below/',
    apiKey: 'smsx_live_1',
    maxRetries: 0,
    fetch: (url, init) => answer(new Request(url, init)),
  });
}
