import t from 'tap';
import { ERRORS } from '#libs/domain';
import { moveMoney } from '#libs/store';
import { until } from '../../../helpers/until.ts';
import { startTestGateway, type TestGateway, TWILIO_ENVIRONMENT } from '../gateway.ts';

const ENTRIES = '/v1/wallet/entries';
const PUBLIC = { PUBLIC_BASE_URL: 'https://sms.example.com' };

t.test('errors are problem details, and have what the plain shape has', async (t) => {
  const gateway = await startTestGateway(t, PUBLIC);
  const reply = await gateway.call({ url: `${ENTRIES}?limit=0`, headers: { 'x-request-id': 'mine' } });
  t.equal(reply.statusCode, 400);
  t.equal(reply.headers['content-type'], 'application/problem+json; charset=utf-8');
  const { message, fix, retryable } = ERRORS.invalid_limit;
  t.strictSame(reply.json(), {
    type: 'https://sms.example.com/docs/errors#invalid_limit',
    title: message,
    status: 400,
    detail: `${message} ${fix}`,
    instance: 'urn:smsx:request:mine',
    code: 'invalid_limit',
    retryable,
    doc_url: 'https://sms.example.com/docs/errors#invalid_limit',
    ok: false,
    error: 'invalid_limit',
    message: `${message} ${fix}`,
    request_id: 'mine',
    param: 'limit',
  });
  const cases: [string, string, Record<string, string>, number, string][] = [
    ['GET', '/v1', {}, 404, 'not_found'],
    ['GET', '/v1/nothing', {}, 404, 'not_found'],
    ['GET', '/v1/messages/%zz', {}, 400, 'invalid_request'],
    ['GET', `/v1/messages/${'x'.repeat(200)}`, {}, 404, 'not_found'],
    ['GET', ENTRIES, { 'x-api-key': 'wrong' }, 401, 'unauthorized'],
    ['PUT', ENTRIES, { 'x-api-key': 'wrong' }, 405, 'method_not_allowed'],
    ['DELETE', '/v1/messages/1', {}, 405, 'method_not_allowed'],
    ['GET', `${ENTRIES}?limit=1&limit=2`, {}, 400, 'invalid_limit'],
    ['GET', `${ENTRIES}?colour=1&colour=2`, {}, 400, 'invalid_request'],
  ];
  for (const [method, url, headers, status, code] of cases) {
    const refused = await gateway.call({ method: method as 'GET', url, headers });
    t.match(refused.headers['content-type'], /^application\/problem\+json/, url);
    t.match(refused.json(), { ok: false, status, code, error: code, request_id: /./ }, `${method} ${url}`);
    t.equal(refused.statusCode, status, `${method} ${url}`);
    if (status === 405) t.equal(refused.headers.allow, 'GET, HEAD');
  }
  for (const url of ['/v1x', '/', '/api/nothing', '/docs/v1/']) {
    const plain = await gateway.call({ method: 'PUT', url });
    t.match(plain.headers['content-type'], /^application\/json/, url);
  }
});

t.test('the order of the checks is that of every action', async (t) => {
  const gateway = await startTestGateway(t, { RATE_LIMIT_PER_SECOND: '1' }, { withPartner: false });
  const codeOf = async (method: 'GET' | 'POST', url: string, key = '') =>
    (await gateway.app.inject({ method, url, headers: { 'x-api-key': key } })).json().code;
  t.equal(await codeOf('POST', ENTRIES), 'method_not_allowed');
  t.equal(await codeOf('GET', `${ENTRIES}?limit=0`), 'no_api_keys_configured');
  const { secret } = await gateway.newPartner();
  t.equal(await codeOf('GET', `${ENTRIES}?limit=0`), 'unauthorized');
  t.equal(await codeOf('GET', `${ENTRIES}?limit=0`, secret), 'invalid_limit');
  const refused = await until(async () => {
    const reply = await gateway.app.inject({ url: ENTRIES, headers: { 'x-api-key': secret } });
    return reply.statusCode === 429 ? reply : null;
  });
  t.match(refused.json(), { code: 'rate_limited', retryable: true });
  t.match(refused.headers, { 'retry-after': '1', 'ratelimit-limit': '1', 'ratelimit-remaining': '0' });
});

t.test('a page leads to the next, whatever is added meanwhile', async (t) => {
  const gateway = await startTestGateway(t);
  const credit = (reference: string) =>
    moveMoney(gateway.ctx.db, {
      userId: gateway.main.userId,
      kind: 'credit',
      amountMicros: 1_000_000n,
      reason: 'test',
      reference,
    });
  for (let n = 1; n <= 6; n += 1) await credit(`before ${n}`);
  const seen: string[] = [];
  let url = `${ENTRIES}?limit=3`;
  for (let page = 1; page < 9 && url !== ''; page += 1) {
    const reply = await gateway.call({ url });
    t.equal(reply.statusCode, 200);
    seen.push(...reply.json().data.map(({ id }: { id: string }) => id));
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(String(reply.headers.link ?? '')) ?? [];
    t.equal(next === '', reply.json().next_cursor === null);
    url = next;
    await credit(`during ${page}`);
  }
  t.strictSame(seen, ['7', '6', '5', '4', '3', '2', '1'], 'newest first, each once');
  const whole = await gateway.call({ url: `${ENTRIES}?limit=100` });
  t.strictSame([whole.json().next_cursor, whole.headers.link], [null, undefined]);
  for (const cursor of ['', '.', 'MQ,', 'bm9uc2Vuc2U', Buffer.from('1,2').toString('base64url')]) {
    const refused = await gateway.call({ url: `${ENTRIES}?cursor=${cursor}` });
    t.match(refused.json(), { status: 400, code: 'invalid_cursor', param: 'cursor' }, cursor);
  }
});

t.test('wallet entries as CSV', async (t) => {
  const gateway = await startTestGateway(t);
  await moveMoney(gateway.ctx.db, {
    userId: gateway.main.userId,
    kind: 'debit',
    amountMicros: 250_000n,
    reason: '=HYPERLINK("x"), "quoted"',
  });
  const byParameter = await gateway.call({ url: `${ENTRIES}?format=csv&limit=1` });
  t.equal(byParameter.statusCode, 200);
  t.match(byParameter.headers, {
    'content-type': /^text\/csv; charset=utf-8/,
    link: /rel="next"/,
    vary: 'Accept',
  });
  const [head, line] = byParameter.body.split('\r\n');
  t.equal(head, 'id,kind,amount,balance,held,available,reason,reference,activation_id,created_at');
  t.match(line, /^2,debit,0\.25,9\.75,0\.00,9\.75,"'=HYPERLINK\(""x""\), ""quoted""",,,\d{4}-/);
  const byHeader = await gateway.call({ url: ENTRIES, headers: { accept: 'text/html, text/csv;q=0.9' } });
  t.equal(byHeader.body.split('\r\n').length, 4);
  const json = await gateway.call({ url: `${ENTRIES}?format=json`, headers: { accept: 'text/csv' } });
  t.equal(json.json().data.length, 2);
  t.match((await gateway.call({ url: `${ENTRIES}?format=xml` })).json(), { code: 'invalid_format' });
});

t.test('what has not changed is not sent again', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { id } = (await gateway.send({ to: '+15551234567', message: 'Hello' })).json();
  const ask = (headers = {}) => gateway.call({ url: `/v1/messages/${id}`, headers });
  const first = await ask();
  const etag = String(first.headers.etag);
  t.match(etag, /^W\/"[\w-]+"$/);
  t.equal(first.headers['cache-control'], 'private, no-cache');
  for (const known of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
    const same = await ask({ 'if-none-match': known });
    t.strictSame([same.statusCode, same.body, same.headers.etag], [304, '', etag], known);
  }
  await changeReference(gateway, id);
  const changed = await ask({ 'if-none-match': etag });
  t.equal(changed.statusCode, 200);
  t.not(changed.headers.etag, etag);
});

async function changeReference({ ctx }: TestGateway, id: string): Promise<void> {
  await ctx.db.query(`UPDATE messages SET reference = 'changed' WHERE id = $1`, [id]);
}
