import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import t from 'tap';
import { DIALECT_PATH } from '../../../../apps/gateway/dialect/index.ts';
import { startTestGateway, type TestGateway } from '../gateway.ts';
import { startDialect } from './dialect.ts';

const BOUNDARY = '------------------------d74496d66958873e';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A body as PHP's curl makes it of `CURLOPT_POSTFIELDS => [...]`. */
function multipartOf(fields: Record<string, string | number>, more = ''): string {
  const parts = Object.entries(fields).map(([name, value]) => partOf(`name="${name}"`, value));
  return `${parts.join('')}${more}--${BOUNDARY}--\r\n`;
}

function partOf(disposition: string, value: string | number, type = ''): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n${type}\r\n${value}\r\n`;
}

function post({ app }: Pick<TestGateway, 'app'>, payload: string | Readable, type = TYPE, query = '') {
  return app.inject({
    method: 'POST',
    url: `${DIALECT_PATH}${query}`,
    payload,
    headers: { 'content-type': type },
  });
}

t.test('a multipart body is read as a form', async (t) => {
  const dialect = await startDialect(t);
  const { gateway, ask } = dialect;
  const secret = { api_key: gateway.main.secret };
  const balance = await ask('getBalance');
  for (const type of [TYPE, `Multipart/Form-Data;charset=utf-8; boundary="${BOUNDARY}"`]) {
    t.equal((await post(gateway, multipartOf({ ...secret, action: 'getBalance' }), type)).body, balance);
  }
  const order = { ...secret, action: 'getNumber', service: 'tg', country: 22, orderId: 'Bestellung 9 / ä' };
  const bought = await post(gateway, multipartOf(order));
  t.match(bought.body, /^ACCESS_NUMBER:\d+:91\d{10}$/);
  const { action: _, api_key: __, ...asked } = order;
  t.equal(await ask('getNumber', asked), bought.body, 'the same order as in a query');
  const [, id] = bought.body.split(':');
  const query = `?api_key=${gateway.main.secret}&action=getStatus`;
  const mixed = await post(gateway, multipartOf({ id: id ?? '', action: 'getBalance' }), TYPE, query);
  t.equal(mixed.body, 'STATUS_WAIT_CODE', 'the query wins');
  const chunked = Readable.from([multipartOf({ ...secret, action: 'getBalance' })]);
  t.match((await post(gateway, chunked)).body, /^ACCESS_BALANCE:/);
  t.match(
    (await post(gateway, '', TYPE, `?api_key=${gateway.main.secret}&action=getBalance`)).body,
    /^ACCESS/,
  );
  t.strictSame(await dialect.brokenInvariants(), []);
});

t.test('what is no form in several parts is BAD_ACTION, with status 200', async (t) => {
  const gateway = await startTestGateway(t);
  const secret = { api_key: gateway.main.secret };
  const asked = { ...secret, action: 'getBalance' };
  const whole = multipartOf(asked);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`x${i}`, 'y']));
  const wrong: Record<string, [body: string, type?: string]> = {
    'a file': [
      multipartOf(asked, partOf('name="photo"; filename="a.png"', 'x', 'Content-Type: image/png\r\n')),
    ],
    'a file without a name': [multipartOf(asked, partOf('name="photo"; filename=""', ''))],
    'a part that calls itself JSON': [
      multipartOf(asked, partOf('name="id"', '{"a":1}', 'Content-Type: application/json\r\n')),
    ],
    'another boundary': [whole.replaceAll(BOUNDARY, 'another')],
    'no boundary': [whole, 'multipart/form-data'],
    'no last boundary': [whole.slice(0, -(BOUNDARY.length + 6))],
    'an end within a part': [whole.slice(0, whole.indexOf(gateway.main.secret) + 5)],
    'a plain form': [`api_key=${gateway.main.secret}&action=getBalance`],
    'a name twice': [multipartOf(asked, partOf('name="action"', 'getBalance'))],
    'a name that no object should have': [multipartOf({ ...asked, constructor: 'x' })],
    'too many parts': [multipartOf({ ...asked, ...many })],
  };
  for (const [what, [body, type]] of Object.entries(wrong)) {
    const answer = await post(gateway, body, type);
    t.equal(answer.statusCode, 200, what);
    t.equal(answer.body, 'BAD_ACTION', what);
    t.equal(answer.headers['x-error'], 'invalid_request', what);
    t.match(answer.headers['content-type'], /^text\/plain/, what);
  }
  t.notOk(
    gateway.logged.find(({ event }) => event === 'http.failed'),
    'and none of it is a fault of ours',
  );
});

t.test('a multipart body over 32 KiB, wherever its bytes are', async (t) => {
  const gateway = await startTestGateway(t);
  const asked = { api_key: gateway.main.secret, action: 'getBalance' };
  const filling = 'x'.repeat(33 * 1_024);
  const bodies: Record<string, string> = {
    'in one field': multipartOf({ ...asked, x: filling }),
    'in many fields': multipartOf({
      ...asked,
      ...Object.fromEntries([...'abcdefghijk'].map((name) => [name, 'x'.repeat(3_100)])),
    }),
    'before the first part': `${filling}\r\n${multipartOf(asked)}`,
    'after the last part': `${multipartOf(asked)}${filling}`,
    'in a file': multipartOf(asked, partOf('name="photo"; filename="a.png"', filling)),
  };
  for (const [what, body] of Object.entries(bodies)) {
    for (const payload of [body, Readable.from(body.match(/[\s\S]{1,1000}/g) ?? [])]) {
      const answer = await post(gateway, payload);
      t.equal(answer.statusCode, 200, what);
      t.equal(answer.body, 'BAD_ACTION', what);
      t.equal(answer.headers.connection, 'close', what);
    }
  }
  const limit = 32 * 1_024 - multipartOf({ ...asked, x: '' }).length;
  t.match((await post(gateway, multipartOf({ ...asked, x: 'x'.repeat(limit) }))).body, /^ACCESS_BALANCE:/);
  const above = await post(gateway, multipartOf({ ...asked, x: 'x'.repeat(limit + 1) }));
  t.equal(above.headers['x-error'], 'payload_too_large');
});

t.test('a body that goes on and on is answered, and its connection closed', async (t) => {
  const gateway = await startTestGateway(t);
  const address = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  const received: Buffer[] = [];
  // The gateway closes while bytes are on their way, so a reset is an end too.
  socket.on('data', (chunk) => received.push(chunk)).on('error', () => undefined);
  await once(socket, 'connect');
  const [head] = multipartOf({ api_key: gateway.main.secret, action: 'getBalance', x: '' }).split(
    `\r\n--${BOUNDARY}--`,
  );
  const headers = [`Host: x`, `Content-Type: ${TYPE}`, `Content-Length: ${1_024 ** 3}`];
  socket.write(`POST ${DIALECT_PATH} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${head}`);
  socket.write('x'.repeat(33 * 1_024));
  await once(socket, 'close');
  const text = Buffer.concat(received).toString();
  t.match(text, /^HTTP\/1.1 200 OK\r\n/);
  t.match(text, /\r\n\r\nBAD_ACTION$/);
  t.match(text, /\r\nconnection: close\r\n/i);
});

t.test('elsewhere a body is JSON whatever it calls itself', async (t) => {
  const gateway = await startTestGateway(t);
  const answer = await gateway.app.inject({
    method: 'POST',
    url: '/api/virtual-numbers.php?action=rent_number',
    payload: multipartOf({ service: 'tg' }),
    headers: { authorization: `Bearer ${gateway.main.secret}`, 'content-type': TYPE },
  });
  t.equal(answer.statusCode, 400);
  t.equal(answer.json().error, 'invalid_json');
});
