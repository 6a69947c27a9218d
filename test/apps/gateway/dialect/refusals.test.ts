import t from 'tap';
import { DIALECT_ACTIONS, DIALECT_PATH } from '../../../../apps/gateway/dialect/index.ts';
import { until } from '../../../helpers/until.ts';
import { startTestGateway } from '../gateway.ts';
import { askGateway, startDialect } from './dialect.ts';

const MISSING = ['', 'undefined', 'null', '-1'];

t.test('without a key that works', async (t) => {
  const gateway = await startTestGateway(t);
  for (const method of ['GET', 'POST'] as const) {
    const ask = (asked: Record<string, string>) => askGateway(gateway, asked, method);
    t.equal((await ask({ action: 'getBalance' })).body, 'NO_KEY');
    for (const api_key of MISSING)
      t.equal((await ask({ action: 'getBalance', api_key })).body, 'NO_KEY', api_key);
    for (const api_key of ['nonsense', `${gateway.main.secret}x`, 'x'.repeat(600)]) {
      const answer = await ask({ action: 'getBalance', api_key });
      t.equal(answer.statusCode, 200);
      t.equal(answer.body, 'BAD_KEY');
      t.equal(answer.headers['x-error'], 'unauthorized');
      t.equal(answer.headers['cache-control'], 'no-store');
      t.match(answer.headers['content-type'], /^text\/plain/);
    }
    t.equal((await ask({ action: 'nothing', api_key: 'nonsense' })).body, 'BAD_KEY', 'the key comes first');
  }
});

t.test('keys that may not do it, and a server without keys', async (t) => {
  const gateway = await startTestGateway(t);
  const reader = await gateway.newPartner({ scopes: ['read'] });
  const elsewhere = await gateway.newPartner({ cidrs: ['10.0.0.0/8'] });
  const ask = async (action: string, api_key: string) =>
    (await askGateway(gateway, { action, api_key, service: 'tg', country: 22, id: 1 })).body;
  t.equal(await ask('getBalance', reader.secret), 'BAD_KEY');
  t.equal(await ask('getNumber', reader.secret), 'BAD_KEY');
  t.equal(await ask('getStatus', reader.secret), 'NO_ACTIVATION');
  t.equal(await ask('getBalance', elsewhere.secret), 'BAD_KEY');
  const empty = await startTestGateway(t, {}, { withPartner: false });
  t.equal((await askGateway(empty, { action: 'getBalance', api_key: 'x' })).body, 'BAD_KEY');
  const nobody = await startTestGateway(
    t,
    { PARTNER_API_KEYS: 'shop:environment-secret' },
    { withPartner: false },
  );
  const asked = { action: 'getBalance', api_key: 'environment-secret' };
  t.equal((await askGateway(nobody, asked)).body, 'ACCOUNT_INACTIVE');
});

t.test('what cannot be asked', async (t) => {
  const gateway = await startTestGateway(t);
  const api_key = gateway.main.secret;
  const get = async (asked: Record<string, string>) =>
    (await askGateway(gateway, { api_key, ...asked })).body;
  for (const action of ['', 'getbalance', 'getRentNumber', 'constructor', '__proto__', 'undefined']) {
    t.equal(await get({ action }), 'BAD_ACTION', action);
  }
  t.equal(await get({}), 'BAD_ACTION');
  for (const id of [...MISSING, '0', '1.5', 'abc', '2147483648', '99999999999', '1 OR 1=1']) {
    for (const action of ['getStatus', 'getStatusV2', 'getFullSms', 'setStatus']) {
      t.equal(await get({ action, id, status: '8' }), 'NO_ACTIVATION', `${action} ${id}`);
    }
  }
  for (const service of [...MISSING, 'a b', 'x'.repeat(33), "tg'"]) {
    t.equal(await get({ action: 'getNumber', service, country: '22' }), 'BAD_SERVICE', service);
  }
  for (const country of [...MISSING, 'x', '1.5', '-2', '99999999999']) {
    t.equal(await get({ action: 'getNumber', service: 'tg', country }), 'BAD_COUNTRY', country);
  }
  t.equal(await get({ action: 'getPrices', service: 'a b' }), 'BAD_SERVICE');
  t.equal(await get({ action: 'getNumbersStatus', country: 'x' }), 'BAD_COUNTRY');
  const repeated = `${DIALECT_PATH}?api_key=${api_key}&action=getStatus&id=1&id=2`;
  t.equal((await gateway.app.inject({ url: repeated })).body, 'BAD_ACTION', 'twice the same parameter');
  const form = 'action=getStatus&id=1&id=2';
  const posted = { method: 'POST', url: `${DIALECT_PATH}?api_key=${api_key}`, payload: form } as const;
  t.equal((await gateway.app.inject(posted)).body, 'BAD_ACTION');
  const large = await gateway.app.inject({ ...posted, payload: `action=getBalance&x=${'x'.repeat(40_000)}` });
  t.equal(large.statusCode, 200);
  t.equal(large.body, 'BAD_ACTION');
});

t.test('other methods do nothing; browsers are let in', async (t) => {
  const gateway = await startTestGateway(t);
  const url = `${DIALECT_PATH}?api_key=${gateway.main.secret}&action=getBalance`;
  for (const method of ['PUT', 'DELETE', 'PATCH'] as const) {
    const answer = await gateway.app.inject({ method, url });
    t.equal(answer.statusCode, 200);
    t.equal(answer.body, 'BAD_ACTION');
    t.equal(answer.headers.allow, 'GET, POST, OPTIONS');
  }
  const head = await gateway.app.inject({ method: 'HEAD', url: url.replace('getBalance', 'getNumber') });
  t.equal(head.statusCode, 200);
  t.equal(head.headers['x-error'], 'invalid_request', 'a HEAD buys nothing');
  const preflight = await gateway.app.inject({ method: 'OPTIONS', url: DIALECT_PATH });
  t.equal(preflight.statusCode, 204);
  t.equal(preflight.headers['access-control-allow-origin'], '*');
  t.equal((await gateway.app.inject({ url })).headers['access-control-allow-origin'], '*');
});

t.test('above the rate limit, with what says when to come again', async (t) => {
  const gateway = await startTestGateway(t, { RATE_LIMIT_PER_SECOND: '2' });
  const asked = { api_key: gateway.main.secret, action: 'getStatus', id: 5 };
  const last = await until(async () => {
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await askGateway(gateway, asked));
    return answers.map(({ body }) => body).join() === 'NO_ACTIVATION,NO_ACTIVATION,ERROR_SQL' && answers[2];
  });
  t.equal(last.statusCode, 200);
  t.match(last.headers, { 'x-error': 'rate_limited', 'retry-after': '1', 'ratelimit-remaining': '0' });
});

t.test('overloaded', async (t) => {
  const gateway = await startTestGateway(t, {}, { maxEventLoopDelayMs: 0.000_001 });
  const answer = await until(async () => {
    const one = await askGateway(gateway, { api_key: gateway.main.secret, action: 'getBalance' });
    return one.body === 'ERROR_SQL' && one;
  });
  t.equal(answer.statusCode, 200);
  t.match(answer.headers, { 'x-error': 'overloaded', 'retry-after': '1' });
});

t.test('PostgreSQL and Redis away: still 200, and still a token', async (t) => {
  const environment = { PARTNER_API_KEYS: 'shop:environment-secret', PARTNER_VIRTUAL_USER_ID: '1' };
  const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' };
  const gateway = await startTestGateway(t, { ...environment, ...away }, { withPartner: false });
  for (const action of DIALECT_ACTIONS.keys()) {
    const asked = { action, api_key: 'environment-secret', id: 1, status: 8, service: 'tg', country: 22 };
    const answer = await askGateway(gateway, asked);
    t.equal(answer.statusCode, 200, action);
    t.equal(answer.body, 'ERROR_SQL', action);
  }
  const live = await startTestGateway(t, { REDIS_URL: 'redis://127.0.0.1:1' });
  const asked = { action: 'getStatus', api_key: live.main.secret, id: 1 };
  t.equal((await askGateway(live, asked)).body, 'NO_ACTIVATION', 'PostgreSQL alone is enough');
});

t.test('a fault of ours is logged, and its words stay with us', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.ctx.cache.poll = async () => ({ count: 1, windowLeftMs: 1, reply: '{' });
  const answer = await askGateway(gateway, { api_key: gateway.main.secret, action: 'getStatus', id: 5 });
  t.equal(answer.statusCode, 200);
  t.equal(answer.body, 'ERROR_SQL');
  t.match(
    gateway.logged.find(({ event }) => event === 'http.failed'),
    { action: 'getStatus', request_id: String, err: { type: 'SyntaxError' } },
  );
});

t.test('one line in the log and one count for each, without key, number or code', async (t) => {
  const dialect = await startDialect(t);
  const { gateway, ask, buy, statusBecomes } = dialect;
  const { id, phone } = await buy();
  await dialect.sandbox.control.deliverCode({ phone, code: '4477001' });
  await statusBecomes(id, 'STATUS_OK:4477001');
  await ask(`nothing-${phone}`);
  const lines = gateway.logged.filter(
    ({ event, route }) => event === 'http.request' && route === DIALECT_PATH,
  );
  t.match(lines[0], { action: 'getNumber', status: 200, token: 'ACCESS_NUMBER', activation_id: Number(id) });
  t.match(lines.at(-2), { action: 'getStatus', token: 'STATUS_OK', activation_id: Number(id) });
  t.match(lines.at(-1), { action: null, token: 'BAD_ACTION', key_id: String, user_id: gateway.main.userId });
  const metrics = await gateway.metrics.registry.metrics();
  t.match(
    metrics,
    /smsx_dialect_replies_total\{action="getNumber",token="ACCESS_NUMBER",app="gateway"\} 1\n/,
  );
  t.match(metrics, /smsx_dialect_replies_total\{action="none",token="BAD_ACTION",app="gateway"\} 1\n/);
  for (const secret of [gateway.main.secret, phone, '4477001']) {
    t.notOk(JSON.stringify(gateway.logged).includes(secret));
    t.notOk(metrics.includes(secret));
  }
});
