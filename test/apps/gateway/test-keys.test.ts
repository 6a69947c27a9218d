import t from 'tap';
import { TEST_PROVIDER_ID } from '#libs/domain';
import { formatApiKey, parseApiKey } from '#libs/services';
import { until } from '../../helpers/until.ts';
import { startTestGateway } from './gateway.ts';

const BODY = JSON.stringify({ to: '+15005550006', message: 'Hello' });

t.test('test keys', async (t) => {
  const gateway = await startTestGateway(t);
  const tester = await gateway.newPartner({ test: true });
  const asTester = { 'x-api-key': tester.secret };

  await t.test('a reply says that it is one of test mode, errors too; others say nothing', async (t) => {
    t.match(tester.secret, /^smsx_test_[0-9a-f]{12}_[0-9a-f]{72}$/);
    const wallet = await gateway.get('action=wallet', tester);
    t.match(wallet.json(), { ok: true, user_id: tester.userId, balance: '100.00', held: '0.00' });
    t.equal(wallet.headers['smsx-mode'], 'test');
    t.match(wallet.headers['access-control-expose-headers'], /Smsx-Mode/);
    const wrong = await gateway.get('action=status&id=x', tester);
    t.equal(wrong.statusCode, 400);
    t.equal(wrong.headers['smsx-mode'], 'test');
    for (const reply of [await gateway.get('action=wallet'), await gateway.app.inject({ url: '/docs' })])
      t.notOk('smsx-mode' in reply.headers);
  });

  await t.test('no provider has to be configured', async (t) => {
    const live = await gateway.send(BODY);
    t.equal(live.statusCode, 501);
    const sent = await gateway.send(BODY, asTester);
    t.equal(sent.statusCode, 200, sent.body);
    t.match(sent.json(), { ok: true, status: 'queued' });
    t.equal((await gateway.get('action=services')).statusCode, 503);
    for (const action of ['balance', 'countries', 'services', 'prices']) {
      const reply = await gateway.get(`action=${action}`, tester);
      t.equal(reply.statusCode, 200, reply.body);
      t.equal(reply.json().api_id, TEST_PROVIDER_ID, action);
    }
    t.match((await gateway.get(`action=balance&api_id=${TEST_PROVIDER_ID}`, tester)).json(), { ok: true });
    t.equal((await gateway.get('action=balance&api_id=1', tester)).statusCode, 404);
  });

  await t.test('what a live key may not send, a test key may not either', async (t) => {
    for (const to of ['+1500555000', '15005550006', '+1202555013a', '']) {
      const reply = await gateway.send(JSON.stringify({ to, message: 'Hello' }), asTester);
      t.equal(reply.json().error, 'invalid_to', to);
    }
  });

  await t.test('the two kinds do not see each other', async (t) => {
    const sent = (await gateway.send(BODY, asTester)).json();
    const seen = (secret: string) =>
      gateway.call({ url: `/v1/messages/${sent.id}`, headers: { 'x-api-key': secret } });
    t.equal((await seen(tester.secret)).statusCode, 200);
    t.equal((await seen(gateway.main.secret)).statusCode, 404);
  });

  await t.test('the mode is a part of the key: written as the other one it is none', async (t) => {
    for (const { secret } of [tester, gateway.main]) {
      const key = parseApiKey(secret);
      if (!key) throw new Error('not a key');
      const disguised = formatApiKey({ ...key, mode: key.mode === 'test' ? 'live' : 'test' });
      t.ok(parseApiKey(disguised), 'well formed');
      const reply = await gateway.get('action=wallet', { ...tester, secret: disguised });
      t.equal(reply.statusCode, 401);
      t.notOk('smsx-mode' in reply.headers);
    }
  });

  await t.test('the log tells the mode', async (t) => {
    gateway.logged.length = 0;
    await gateway.get('action=wallet', tester);
    await gateway.get('action=wallet');
    await gateway.app.inject({ url: '/api/virtual-numbers.php?action=wallet' });
    const modes = gateway.logged.filter(({ event }) => event === 'http.request').map(({ mode }) => mode);
    t.same(modes, ['test', 'live', null]);
  });
});

t.test('a key configured for a test user, but none of test mode, rents nothing', async (t) => {
  const first = await startTestGateway(t);
  const twin = await first.newPartner({ test: true });
  const gateway = await startTestGateway(t, {
    DATABASE_URL: first.ctx.config.databaseUrl,
    PARTNER_API_KEYS: 'main:a-secret-of-the-environment',
    PARTNER_VIRTUAL_USER_ID: String(twin.userId),
  });
  const rent = { service: 'test_code', country: 22 };
  const reply = await gateway.post('rent_number', rent, { 'x-api-key': 'a-secret-of-the-environment' });
  t.equal(reply.statusCode, 503);
  t.match(reply.json(), { error: 'partner_user_not_configured', message: /is a test user/ });
  t.notOk('smsx-mode' in reply.headers, 'keys of the environment are live');
});

t.test('a rate limit of the key’s own', async (t) => {
  const gateway = await startTestGateway(t, { RATE_LIMIT_PER_SECOND: '50' });
  const slow = await gateway.newPartner({ rateLimitPerSecond: 2 });
  const replies = await until(async () => {
    const window = [];
    for (const query of ['action=wallet', 'action=status&id=7', 'action=wallet', 'action=status&id=7'])
      window.push(await gateway.get(query, slow));
    // Within one window: else once more.
    return window.map(({ headers }) => headers['ratelimit-remaining']).join() === '1,0,0,0' && window;
  });
  t.same(
    replies.map(({ statusCode }) => statusCode),
    [200, 404, 429, 429],
  );
  t.equal(replies[0]?.headers['ratelimit-limit'], '2');
  t.equal((await gateway.get('action=wallet')).headers['ratelimit-limit'], '50', 'others keep the default');

  const free = await startTestGateway(t, { RATE_LIMIT_PER_SECOND: '0' });
  const limited = await free.newPartner({ rateLimitPerSecond: 5 });
  t.equal((await free.get('action=wallet', limited)).headers['ratelimit-limit'], '5');
  t.notOk('ratelimit-limit' in (await free.get('action=wallet')).headers);
});
