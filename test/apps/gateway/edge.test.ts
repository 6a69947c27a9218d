import { connect } from 'node:net';
import t from 'tap';
import { endApiKey } from '#libs/store';
import { until } from '../../helpers/until.ts';
import { startTestGateway, TWILIO_ENVIRONMENT } from './gateway.ts';

const VIRTUAL = '/api/virtual-numbers.php';
const SEND = '/api/sms-send.php';
const BODY = JSON.stringify({ to: '+15551234567', message: 'Hello' });

t.test('the order of the checks', async (t) => {
  const gateway = await startTestGateway(t, { RATE_LIMIT_PER_SECOND: '1' }, { withPartner: false });
  const { app } = gateway;
  const steps = async (headers: Record<string, string>) => [
    (await app.inject({ method: 'GET', url: SEND, headers })).json().error,
    (await app.inject({ method: 'POST', url: `${VIRTUAL}?action=nothing`, headers, payload: '{' })).json()
      .error,
  ];
  t.strictSame(await steps({}), ['method_not_allowed', 'no_api_keys_configured']);
  const none = await app.inject({ method: 'POST', url: SEND });
  t.equal(none.statusCode, 503);
  t.match(none.headers, { 'retry-after': /^\d+$/ });

  const { secret } = await gateway.newPartner();
  t.strictSame(await steps({}), ['method_not_allowed', 'unauthorized']);
  t.strictSame(await steps({ 'x-api-key': secret }), ['method_not_allowed', 'invalid_action']);
  const request = { method: 'POST', url: SEND, headers: { 'x-api-key': secret }, payload: '{' } as const;
  const seen = await until(async () => {
    const replies = [await app.inject(request), await app.inject(request)];
    const codes = replies.map((reply) => reply.json().error);
    return codes[1] === 'rate_limited' ? { codes, last: replies[1] } : null;
  });
  t.equal(seen.last?.statusCode, 429);
  t.match(seen.last?.headers, {
    'retry-after': '1',
    'ratelimit-limit': '1',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '1',
  });
  const before = await until(async () => {
    const reply = await app.inject(request);
    return reply.statusCode === 400 ? reply : null;
  });
  t.equal(before.json().error, 'invalid_json', 'the body comes before what is configured');
  const after = await until(async () => {
    const reply = await app.inject({ ...request, payload: BODY });
    return reply.statusCode === 501 ? reply : null;
  });
  t.equal(after.json().error, 'outbound_sms_not_configured');
});

t.test('status counts in the same window, in one trip', async (t) => {
  const gateway = await startTestGateway(t, { RATE_LIMIT_PER_SECOND: '3' });
  const codes = await until(async () => {
    const replies = [];
    for (const query of ['action=wallet', 'action=status&id=7', 'action=status&id=x', 'action=status&id=7']) {
      replies.push(await gateway.get(query));
    }
    const remaining = replies.map((reply) => reply.headers['ratelimit-remaining']);
    return remaining.join() === '2,1,0,0' ? replies.map((reply) => reply.statusCode) : null;
  });
  t.strictSame(codes, [200, 404, 400, 429]);
  t.match(await gateway.metrics.registry.metrics(), /smsx_http_rate_limited_total\{app="gateway"\} [1-9]/);
});

t.test('methods', async (t) => {
  const { call } = await startTestGateway(t);
  const every = 'GET, HEAD, POST, OPTIONS';
  const cases: [string, string, number, string | undefined][] = [
    ['GET', SEND, 405, 'POST'],
    ['HEAD', SEND, 405, 'POST'],
    ['OPTIONS', SEND, 405, 'POST'],
    ['PROPFIND', SEND, 405, 'POST'],
    ['DELETE', VIRTUAL, 405, every],
    ['QUERY', VIRTUAL, 405, every],
    ['PUT', `${VIRTUAL}?action=wallet`, 405, 'GET, HEAD, OPTIONS'],
    ['POST', `${VIRTUAL}?action=wallet`, 405, 'GET, HEAD, OPTIONS'],
    ['GET', `${VIRTUAL}?action=cancel`, 405, 'POST, OPTIONS'],
    ['HEAD', `${VIRTUAL}?action=rent_number`, 405, 'POST, OPTIONS'],
    ['GET', `${VIRTUAL}?action=nothing`, 400, undefined],
    ['POST', VIRTUAL, 400, undefined],
    ['GET', `${VIRTUAL}?action=wallet&action=wallet`, 400, undefined],
    ['POST', '/v1/messages/1', 405, 'GET, HEAD'],
    ['POST', '/', 405, 'GET, HEAD'],
    ['DELETE', '/openapi.json', 405, 'GET, HEAD'],
    ['GET', '/callbacks/twilio/status', 405, 'POST'],
    ['GET', '/callbacks/smsbower/secret', 405, 'POST'],
    ['GET', '/nothing', 404, undefined],
    ['POST', '/nothing', 404, undefined],
  ];
  for (const [method, url, status, allow] of cases) {
    const reply = await call({ method: method as 'GET', url });
    t.equal(reply.statusCode, status, `${method} ${url}`);
    t.equal(reply.headers.allow, allow, `${method} ${url}: Allow`);
    if (method !== 'HEAD') t.match(reply.json(), { ok: false, error: /./, message: /./, request_id: /./ });
  }
  const [get, head] = [
    await call({ url: `${VIRTUAL}?action=wallet` }),
    await call({ method: 'HEAD', url: `${VIRTUAL}?action=wallet` }),
  ];
  t.equal(head.statusCode, 200);
  t.equal(head.body, '');
  t.equal(head.headers['content-length'], String(Buffer.byteLength(get.body)));
});

t.test('CORS on virtual-numbers only', async (t) => {
  const { app, call } = await startTestGateway(t);
  const preflight = await app.inject({ method: 'OPTIONS', url: `${VIRTUAL}?action=rent_number` });
  t.equal(preflight.statusCode, 204);
  t.match(preflight.headers, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': /GET.*HEAD.*POST/,
    'access-control-allow-headers': /Authorization.*X-API-Key.*Content-Type.*Idempotency-Key.*Prefer/,
  });
  for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
    const reply = await call({ url: `${VIRTUAL}?action=wallet`, headers });
    t.match(reply.headers, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': /RateLimit-Limit.*Retry-After.*X-Request-Id.*Idempotent-Replayed/,
    });
  }
  t.notOk((await call({ method: 'POST', url: SEND })).headers['access-control-allow-origin']);
});

t.test('who is calling', async (t) => {
  const gateway = await startTestGateway(t, {
    TRUST_PROXY: '127.0.0.0/8',
    PARTNER_API_KEYS: 'shop:environment-secret',
  });
  const { app, main } = gateway;
  const other = await gateway.newPartner();
  const outcome = async (headers: Record<string, string>) => {
    const reply = await app.inject({ url: `${VIRTUAL}?action=wallet`, headers });
    return reply.statusCode === 200 ? reply.json().user_id : reply.json().error;
  };
  const bearer = (key: string, scheme = 'Bearer') => ({ authorization: `${scheme} ${key}` });
  t.equal(await outcome(bearer(main.secret)), main.userId);
  t.equal(await outcome(bearer(main.secret, 'bEARER')), main.userId);
  t.equal(await outcome({ 'x-api-key': main.secret }), main.userId);
  t.equal(
    await outcome({ ...bearer(main.secret), 'x-api-key': other.secret }),
    main.userId,
    'the bearer counts',
  );
  t.equal(await outcome({ ...bearer('wrong'), 'x-api-key': main.secret }), 'unauthorized');
  t.equal(await outcome({ authorization: 'Basic YTpi', 'x-api-key': main.secret }), main.userId);
  t.equal(await outcome({ 'x-api-key': 'environment-secret' }), 'partner_user_not_configured');
  const wrong: Record<string, string>[] = [
    {},
    { authorization: 'Bearer' },
    { authorization: main.secret },
    { 'x-api-key': main.secret.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    { 'x-api-key': 'x'.repeat(5_000) },
  ];
  for (const headers of wrong) t.equal(await outcome(headers), 'unauthorized');
  const refused = await app.inject({ url: `${VIRTUAL}?action=wallet` });
  t.match(refused.headers, { 'www-authenticate': 'Bearer' });

  const near = await gateway.newPartner({ cidrs: ['203.0.113.0/24'] });
  t.equal(await outcome({ 'x-api-key': near.secret }), 'unauthorized');
  t.equal(await outcome({ 'x-api-key': near.secret, 'x-forwarded-for': '203.0.113.9' }), near.userId);
  t.equal(
    await outcome({ 'x-api-key': near.secret, 'x-forwarded-for': '203.0.113.9, 198.51.100.1' }),
    'unauthorized',
  );

  await endApiKey(gateway.ctx.db, other.secret.split('_')[2] ?? '', null);
  await until(async () => (await outcome({ 'x-api-key': other.secret })) === 'unauthorized');
  const weak = await gateway.newPartner({ scopes: ['read'] });
  const forbidden = await app.inject({
    url: `${VIRTUAL}?action=wallet`,
    headers: { 'x-api-key': weak.secret },
  });
  t.equal(forbidden.statusCode, 403);
  t.match(forbidden.json(), { error: 'insufficient_scope', message: /wallet/ });
  const unread = await gateway.newPartner({ scopes: ['send'] });
  t.equal((await gateway.get('action=status&id=1', unread)).json().error, 'insufficient_scope');
});

t.test('bodies', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const types = [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    'a/b; charset=latin1',
  ];
  for (const type of types) {
    const reply = await gateway.send(BODY, { 'content-type': type });
    t.equal(reply.statusCode, 200, type);
  }
  t.equal((await gateway.send(`\ufeff${BODY}`)).statusCode, 200, 'a byte order mark');
  const deep = `{"to":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;
  const bad: (string | Buffer)[] = [
    '',
    ' ',
    '[]',
    'null',
    '"text"',
    '7',
    '{',
    '{"to":1,}',
    `${BODY}${BODY}`,
    'to=%2B15551234567&message=Hello',
    deep,
    '{"__proto__":{"to":"+15551234567"},"message":"x"}',
    '{"to":{"a":{"__proto__":1}}}',
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  ];
  for (const payload of bad) {
    const reply = await gateway.call({ method: 'POST', url: SEND, payload });
    t.equal(reply.statusCode, 400, String(payload).slice(0, 40));
    t.equal(reply.json().error, 'invalid_json');
  }
  const huge = await gateway.send({ to: '+15551234567', message: 'x'.repeat(33_000) });
  t.equal(huge.statusCode, 413);
  t.equal(huge.json().error, 'payload_too_large');
  t.equal((await gateway.send({ to: '+15551234567', message: 'x', colour: 'blue' })).statusCode, 200);
});

t.test('request ids', async (t) => {
  const { call } = await startTestGateway(t);
  const idOf = async (given: string) => {
    const reply = await call({ url: `${VIRTUAL}?action=nothing`, headers: { 'x-request-id': given } });
    t.equal(reply.json().request_id, reply.headers['x-request-id']);
    return reply.headers['x-request-id'];
  };
  t.equal(await idOf('Order.77_a-b'), 'Order.77_a-b');
  for (const given of ['', 'a b', 'x'.repeat(129), 'a"b']) t.match(await idOf(given), /^[0-9a-f-]{36}$/);
});

t.test('what the router or Node itself refuses has the same shape', async (t) => {
  const { app, call } = await startTestGateway(t);
  for (const url of ['/%', '/v1/messages/%E0%A4%A', `${VIRTUAL}/%zz`]) {
    const reply = await call({ url });
    t.equal(reply.statusCode, 400, url);
    t.match(reply.json(), { ok: false, error: 'invalid_request', request_id: reply.headers['x-request-id'] });
  }
  t.equal((await call({ url: `/v1/messages/${'a'.repeat(200)}` })).statusCode, 404);
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const raw = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('end', () => resolve(answer)).on('error', reject);
    });
  const overflow = await raw(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
  t.match(overflow, /^HTTP\/1\.1 431 .*"ok":false,"error":"invalid_request".*16 KiB/s);
  t.match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 .*X-Request-Id: .*"ok":false/s);
});

t.test('a process on its way out ends its connections', async (t) => {
  let draining = false;
  const { call } = await startTestGateway(t, {}, { isDraining: () => draining });
  t.not((await call({ url: '/' })).headers.connection, 'close');
  draining = true;
  t.equal((await call({ url: `${VIRTUAL}?action=wallet` })).headers.connection, 'close');
});

t.test('a busy process sheds partner requests, and nothing else', async (t) => {
  const { call } = await startTestGateway(t, {}, { maxEventLoopDelayMs: 5 });
  const shed = await until(async () => {
    const end = performance.now() + 80;
    while (performance.now() < end);
    const reply = await call({ url: `${VIRTUAL}?action=wallet` });
    return reply.statusCode === 503 ? reply : null;
  });
  t.match(shed.json(), { ok: false, error: 'overloaded' });
  t.match(shed.headers, { 'retry-after': '1', 'access-control-allow-origin': '*' });
});

t.test('one log line per request, with ids and without anything private', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const to = '+15557654321';
  const message = 'the secret text 482913';
  const sent = await gateway.send({ to, message }, { 'x-request-id': 'line-1' });
  await gateway.call({ url: `/nothing?phone=${encodeURIComponent(to)}` });
  await gateway.call({
    url: `/callbacks/smsbower/push-secret-77`,
    method: 'POST',
    payload: '{"activationId":1}',
  });
  const lines = gateway.logged.filter(({ event }) => event === 'http.request');
  t.equal(lines.length, 3);
  t.match(lines[0], {
    request_id: 'line-1',
    route: SEND,
    action: 'sms-send',
    status: 200,
    ms: Number,
    key_id: gateway.main.secret.split('_')[2],
    user_id: gateway.main.userId,
    message_id: sent.json().id,
  });
  const text = JSON.stringify(gateway.logged);
  for (const secret of [gateway.main.secret, to, to.slice(1), message, 'push-secret-77']) {
    t.notOk(text.includes(secret), `not logged: ${secret.slice(0, 12)}`);
  }
  const metrics = (await gateway.metrics.registry.metrics()).split('\n');
  const shown = (start: string, ...parts: string[]) =>
    metrics.some((line) => line.startsWith(start) && parts.every((part) => line.includes(part)));
  t.ok(shown('smsx_http_requests_total', 'action="sms-send"', 'status="200"'));
  t.ok(shown('smsx_http_request_seconds_count', `route="${SEND}"`, 'action="sms-send"', 'status="2xx"'));
});
