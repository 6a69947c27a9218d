import { createServer } from 'node:net';
import t from 'tap';
import { createAppContext, readConfig } from '#libs/platform';
import { listProviders } from '#libs/store';
import { startGateway } from '../../../apps/gateway/start.ts';
import { createTestDatabase, type Teardown, testRedisPrefix, testRedisUrl } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';
import { startTestGateway, TWILIO_ENVIRONMENT } from './gateway.ts';

async function newContext(t: Teardown, environment: Record<string, string> = {}) {
  const config = readConfig({
    DATABASE_URL: environment.DATABASE_URL ?? (await createTestDatabase(t)),
    REDIS_URL: testRedisUrl(),
    PORT: '0',
    LOG_LEVEL: 'silent',
    PARTNER_API_KEYS: 'shop:environment-secret',
    ...TWILIO_ENVIRONMENT,
    ...environment,
  });
  const app = createAppContext('gateway', config);
  t.teardown(() => app.close());
  return app;
}

t.test('serves, is ready, and makes provider row 1 from the environment', async (t) => {
  const app = await newContext(t, {
    SMSBOWER_API_KEY: 'key',
    SMSBOWER_API_URL: 'https://p.example/stubs/handler_api.php',
  });
  const { url } = await startGateway(app, { redisPrefix: testRedisPrefix() });
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const page = await fetch(url);
  t.ok((await page.text()).includes(`${url}/api/sms-send.php`));
  t.strictSame(await app.checkReadiness(), {});
  await until(async () => (await listProviders(app.database)).length === 1);
});

t.test('a port that is taken is an error', async (t) => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  t.teardown(() => blocker.close());
  const address = blocker.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const app = await newContext(t, { PORT: String(port) });
  await t.rejects(startGateway(app), { code: 'EADDRINUSE' });
});

t.test('PostgreSQL and Redis away at the start: it serves, and closes', async (t) => {
  const app = await newContext(t, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    REDIS_URL: 'redis://127.0.0.1:1',
    SMSBOWER_API_KEY: 'key',
  });
  const { url } = await startGateway(app);
  t.equal((await fetch(url)).status, 200);
  t.ok((await app.checkReadiness()).postgres, 'but it is not ready');
  await app.close();
  await t.rejects(fetch(url));
});

t.test('on close a running request gets its reply, and no new one is taken', async (t) => {
  const app = await newContext(t);
  const { url } = await startGateway(app, { redisPrefix: testRedisPrefix() });
  const running = fetch(`${url}/api/sms-send.php`, {
    method: 'POST',
    headers: { 'x-api-key': 'environment-secret', prefer: 'wait=2' },
    body: JSON.stringify({ to: '+15551234567', message: 'Hello' }),
  });
  await until(async () => (await app.database.query('SELECT 1 FROM messages')).rowCount === 1);
  const closed = app.close();
  t.ok(app.draining);
  t.match(await app.checkReadiness(), { process: /shutting down/ });
  await until(async () => (await fetch(url).catch(() => null)) === null, {
    what: 'new connections to be refused',
  });
  const reply = await running;
  t.equal(reply.status, 200);
  t.equal(reply.headers.get('connection'), 'close', 'or the connection would keep the process alive');
  t.match(await reply.json(), { ok: true, status: 'queued' });
  await closed;
});

t.test('what nobody foresaw is a 500 that tells nothing, and is logged', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.get('action=wallet');
  gateway.ctx.db.query = async () => {
    throw new TypeError('relation secret_table: password=hunter2');
  };
  const reply = await gateway.get('action=wallet');
  t.equal(reply.statusCode, 500);
  t.strictSame(Object.keys(reply.json()), ['ok', 'error', 'message', 'request_id']);
  t.equal(reply.json().error, 'internal_error');
  t.notMatch(reply.body, /secret|hunter2|TypeError/);
  t.match(
    gateway.logged.find(({ event }) => event === 'http.failed'),
    { request_id: reply.json().request_id, action: 'wallet', err: { type: 'Error' } },
  );
});
