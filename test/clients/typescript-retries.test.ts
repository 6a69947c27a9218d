import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { SmsxClient } from '../../clients/typescript/src/index.ts';

type Answer = (response: ServerResponse) => void;

const WALLET = { ok: true, user_id: 1, currency: 'USD', balance: '1.00', held: '0.00', available: '1.00' };
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const text = (status: number, body: string): Answer => {
  return (response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body);
};
const never: Answer = () => undefined;
const problem = (code: string, retryable: boolean) => ({ code, title: 'No.', detail: 'No.', retryable });

/** Gives these answers in turn, the last of them for ever. */
async function startServer(t: Test, answers: Answer[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request.resume());
    (answers[requests.length - 1] ?? answers.at(-1))?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = (options = {}) =>
    new SmsxClient({ baseUrl: `http://127.0.0.1:${port}/`, apiKey: 'key', ...options });
  return { requests, client };
}

t.test('what passes is repeated until there is a verdict', async (t) => {
  const passing = [
    json(503, problem('overloaded', true), { 'retry-after': '0' }),
    json(429, problem('rate_limited', true), { 'retry-after': '0' }),
    text(502, '<h1>Bad gateway</h1>'),
    (response: ServerResponse) => response.destroy(),
  ];
  const { requests, client } = await startServer(t, [...passing, json(200, WALLET)]);
  t.match(await client().wallet.get(), { balance: '1.00' });
  t.equal(requests.length, passing.length + 1);
});

t.test('a POST carries one key through all of its attempts, and its own where it is given', async (t) => {
  const refusal = json(503, problem('overloaded', true), { 'retry-after': '0' });
  const { requests, client } = await startServer(t, [refusal, json(201, { ok: true, id: 'a' })]);
  await client().messages.send({ to: '+15551234567', message: 'x' });
  const keys = requests.map(({ headers }) => headers['idempotency-key']);
  t.equal(keys.length, 2);
  t.equal(keys[0], keys[1]);
  await client().messages.send({ to: '+15551234567', message: 'x' }, { idempotencyKey: 'mine' });
  t.equal(requests.at(-1)?.headers['idempotency-key'], 'mine');
  t.equal(requests.at(-1)?.headers.authorization, 'Bearer key');
});

t.test('what is final is not repeated', async (t) => {
  for (const answer of [
    json(402, problem('insufficient_funds', false)),
    text(404, 'nothing here'),
    text(301, ''),
  ]) {
    const { requests, client } = await startServer(t, [answer]);
    await t.rejects(client().wallet.get(), { name: 'SmsxError' });
    t.equal(requests.length, 1);
  }
});

t.test('a pause that is too long is told instead of waited for', async (t) => {
  const { requests, client } = await startServer(t, [
    json(429, problem('rate_limited', true), { 'retry-after': '3600' }),
  ]);
  const error = await client()
    .wallet.get()
    .catch((reason) => reason);
  t.match(error, { code: 'rate_limited', retryAfterSeconds: 3600, attempts: 1 });
  t.equal(requests.length, 1);
});

t.test('after the last attempt the error is that of the last', async (t) => {
  const { requests, client } = await startServer(t, [text(200, 'welcome to the hotel')]);
  const error = await client({ maxRetries: 1 })
    .wallet.get()
    .catch((reason) => reason);
  t.match(error, { code: 'invalid_reply', status: 200, attempts: 2, retryable: true });
  t.equal(requests.length, 2);
});

t.test('an attempt has its time, and a signal ends the whole call', async (t) => {
  const { requests, client } = await startServer(t, [never]);
  const error = await client({ timeoutMs: 20, maxRetries: 1 })
    .wallet.get()
    .catch((reason) => reason);
  t.match(error, { code: 'timeout', attempts: 2, status: null });
  const abort = new AbortController();
  const reason = new Error('enough');
  const call = client().wallet.get({ signal: abort.signal });
  abort.abort(reason);
  t.equal(await call.catch((caught) => caught), reason);
  t.equal(requests.length <= 3, true);
});
