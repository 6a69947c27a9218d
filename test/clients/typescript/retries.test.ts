import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { SmsxClient, SmsxError } from '../../../clients/typescript/src/index.ts';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { until } from '../../helpers/until.ts';
import { html, json, problem, startTinyServer } from './tiny-server.ts';

const MESSAGE = { to: '+15551234567', message: 'Hello' };
const ACCEPTED = json(201, { ok: true, id: 'm1', status: 'queued' });
const silent = () => undefined;

t.test('a passing trouble is repeated, with the same key and the same body', async (t) => {
  const server = await startTinyServer(
    t,
    html(502),
    (response) => response.destroy(),
    json(503, problem(503, 'overloaded', true)),
    (response) =>
      response.writeHead(201, { 'content-length': '100' }).end('{"ok":tr', () => response.destroy()),
    ACCEPTED,
  );
  t.match(await server.client().messages.send(MESSAGE), { id: 'm1' });
  t.equal(server.requests.length, 5);
  const sent = server.requests.map(({ headers, body }) => `${headers['idempotency-key']} ${body}`);
  t.equal(new Set(sent).size, 1);
  t.match(sent[0], /^[0-9a-f-]{36} \{"to":"\+15551234567","message":"Hello"\}$/);
  await server.client().messages.send(MESSAGE, { idempotencyKey: 'order-1009' });
  t.equal(server.requests.at(-1)?.headers['idempotency-key'], 'order-1009');
  await server.client().messages.send(MESSAGE);
  t.not(server.requests.at(-1)?.headers['idempotency-key'], sent[0], 'another call, another key');
});

t.test('429: not before Retry-After is over', async (t) => {
  const refusal = problem(429, 'rate_limited', true);
  const server = await startTinyServer(t, json(429, refusal, { 'retry-after': '1' }), ACCEPTED);
  await server.client().messages.send(MESSAGE);
  const [first, second] = server.requests;
  t.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 990, 'a second lay between them');
});

t.test('a server that wants a longer pause than a minute is told at once', async (t) => {
  for (const header of ['3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
    const refusal = problem(429, 'rate_limited', true);
    const server = await startTinyServer(t, json(429, refusal, { 'retry-after': header }));
    const error = await failure(server.client().messages.send(MESSAGE));
    t.match(error, { code: 'rate_limited', status: 429, retryable: true, attempts: 1 });
    t.ok((error.retryAfterSeconds ?? 0) > 3_500, header);
    t.match(error.idempotencyKey, /^[0-9a-f-]{36}$/, 'with it the call can be repeated later');
  }
});

t.test('a refusal is told as it came, and not repeated', async (t) => {
  const body = problem(402, 'insufficient_funds', false, {
    doc_url: 'https://sms.example.com/docs/errors#insufficient_funds',
    required: '0.30',
    available: '0.01',
    param: 'service',
  });
  const server = await startTinyServer(t, json(402, body));
  const error = await failure(server.client().activations.create({ service: 'tg', country: 22 }));
  t.match(error, {
    name: 'SmsxError',
    code: 'insufficient_funds',
    message: 'insufficient_funds it is',
    status: 402,
    retryable: false,
    requestId: 'request-1',
    docUrl: /#insufficient_funds$/,
    param: 'service',
    details: { required: '0.30', available: '0.01' },
    attempts: 1,
  });
  t.equal(server.requests.length, 1);
});

t.test('what is not this API', async (t) => {
  const cases = [
    { answer: html(404), status: 404, attempts: 1 },
    { answer: html(200), status: 200, attempts: 2 },
    { answer: html(502), status: 502, attempts: 2 },
    { answer: json(400, { error: 'of something else' }), status: 400, attempts: 1 },
    { answer: json(200, 'text'), status: 200, attempts: 2 },
    { answer: json(200, [1]), status: 200, attempts: 2 },
    { answer: json(200, { of: 'something else' }), status: 200, attempts: 2 },
  ];
  for (const { answer, status, attempts } of cases) {
    const server = await startTinyServer(t, answer);
    const error = await failure(server.client({ maxRetries: 1 }).wallet.get());
    t.match(error, { code: 'invalid_reply', status, attempts, message: /baseUrl/ });
    t.equal(server.requests.length, attempts);
  }
  const redirecting = await startTinyServer(t, (response) =>
    response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
  );
  t.match(await failure(redirecting.client().messages.send(MESSAGE)), { code: 'invalid_reply', status: 302 });
  t.equal(redirecting.requests.length, 1, 'a redirect is not followed');
  const page = await startTinyServer(t, html(200));
  const stream = page.client({ maxRetries: 1 }).events.stream({ after: 'ODY4LDQ4MjEz' });
  t.match(
    await failure(stream.next()),
    { code: 'invalid_reply', attempts: 2 },
    'no endless stream of nothing',
  );
  const csv = await startTinyServer(t, json(200, { ok: true }));
  t.match(await failure(csv.client({ maxRetries: 0 }).wallet.csv().next()), { code: 'invalid_reply' });
});

t.test('nobody there', async (t) => {
  const baseUrl = `http://127.0.0.1:${await freePort()}`;
  const client = new SmsxClient({ baseUrl, apiKey: 'smsx_live_1', maxRetries: 1 });
  const error = await failure(client.wallet.get());
  t.match(error, { code: 'connection_failed', status: null, retryable: true, attempts: 2 });
  t.match(error.message, /ECONNREFUSED/);
  t.equal(error.idempotencyKey, null, 'a GET has none');
});

t.test('a time limit for each attempt: before the reply, and within it', async (t) => {
  const halfway = await startTinyServer(t, silent, (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"ok":'),
  );
  const error = await failure(halfway.client({ timeoutMs: 100, maxRetries: 1 }).wallet.get());
  t.match(error, { code: 'timeout', status: null, retryable: true, attempts: 2 });
  const own = await startTinyServer(t, silent);
  const options = { timeoutMs: 50, maxRetries: 0 };
  t.match(await failure(own.client().wallet.get(options)), { code: 'timeout', attempts: 1 });
  const stream = own.client().events.stream({ after: 'ODY4LDQ4MjEz', ...options });
  t.match(await failure(stream.next()), { code: 'timeout' });
});

t.test('a signal ends a call wherever it is', async (t) => {
  const reason = new Error('enough');
  await t.test('before it', async (t) => {
    const server = await startTinyServer(t, ACCEPTED);
    const signal = AbortSignal.abort(reason);
    t.equal(await server.client().messages.send(MESSAGE, { signal }).catch(same), reason);
    t.equal(server.requests.length, 0);
  });
  const cases = {
    'while the server is silent': silent,
    'between two attempts': json(429, problem(429, 'rate_limited', true), { 'retry-after': '30' }),
    'within a reply': json(200, { ok: true }, { 'content-length': '1000' }),
  };
  for (const [name, answer] of Object.entries(cases)) {
    await t.test(name, async (t) => {
      const server = await startTinyServer(t, answer);
      const controller = new AbortController();
      const outcome: unknown[] = [];
      const call = server.client().wallet.get({ signal: controller.signal });
      call.catch((error: unknown) => outcome.push(error));
      await until(async () => server.requests.length === 1);
      // Long enough for a reply to be read, and no harm where there is none.
      await delay(100);
      controller.abort(reason);
      await until(async () => outcome.length > 0, { what: 'its end, and not only after the pause' });
      t.equal(outcome[0], reason, 'and it rejects with its reason');
      t.equal(server.requests.length, 1);
    });
  }
  await t.test('while a code is waited for', async (t) => {
    const server = await startTinyServer(t, json(200, { ok: true, status: 'waiting', phone: '+1' }));
    const controller = new AbortController();
    const { signal } = controller;
    const call = server.client().activations.waitForCode('7', { signal }).catch(same);
    await until(async () => server.requests.length === 1);
    controller.abort(reason);
    t.equal(await call, reason);
  });
  await t.test('and nothing is left hanging on one that lives on', async (t) => {
    const refusal = json(429, problem(429, 'rate_limited', true), { 'retry-after': '0' });
    const server = await startTinyServer(t, refusal, json(200, { ok: true }));
    const { signal } = new AbortController();
    await server.client().wallet.get({ signal });
    t.equal(getEventListeners(signal, 'abort').length, 0);
  });
});

t.test('a rental that is still being bought: its number, once it has one', async (t) => {
  const pending = json(200, { ok: true, status: 'waiting', phone: null, pending: true });
  const bought = json(200, { ok: true, status: 'waiting', phone: '+919876543210' });
  const server = await startTinyServer(t, pending, pending, bought);
  const options = { intervalMs: 10 };
  t.match(await server.client().activations.waitForPhone('7', options), { phone: '+919876543210' });
  t.equal(server.requests.length, 3);
});

t.test('a deleted webhook is deleted, also when the reply was lost', async (t) => {
  const gone = json(404, problem(404, 'webhook_not_found', false));
  const lost = await startTinyServer(t, (response) => response.destroy(), gone);
  t.strictSame(await lost.client().webhooks.delete('w1'), { ok: true, id: 'w1', deleted: true });
  const never = await startTinyServer(t, gone);
  t.match(await failure(never.client().webhooks.delete('w1')), { code: 'webhook_not_found' });
});

function same(cause: unknown): unknown {
  return cause;
}

async function failure(call: Promise<unknown>): Promise<SmsxError> {
  const error = await call.then(() => null, same);
  if (error instanceof SmsxError) return error;
  throw new Error('it did not fail as it should', { cause: error });
}
