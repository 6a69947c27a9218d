import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import t from 'tap';
import { createApiKey, SCOPES } from '#libs/services';
import { createUser, moveMoney } from '#libs/store';
import { prepareRedis } from '../../scripts/lib/embedded-redis.mjs';
import { freePort, startProcess } from '../helpers/processes.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';

/** A Redis of this test's own, which may be frozen and killed. */
async function createRedis(port: number, folder: string) {
  const { binary, libraryPath = '' } = await prepareRedis();
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  let child: ChildProcess | null = null;
  return {
    async start() {
      child = spawn(binary, options, { stdio: 'ignore', env: { LD_LIBRARY_PATH: libraryPath } });
      const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      await client.ping();
      client.disconnect();
    },
    signal: (signal: NodeJS.Signals) => child?.kill(signal),
  };
}

t.test('Redis away, frozen, killed and empty', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-redis-'));
  const redisPort = await freePort();
  const redis = await createRedis(redisPort, folder);
  t.teardown(() => {
    redis.signal('SIGCONT');
    redis.signal('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const env = { REDIS_URL: `redis://127.0.0.1:${redisPort}`, RATE_LIMIT_PER_SECOND: '0' };
  const system = await startSystem(t, { env, workers: 0, pollers: 0, redisDatabase: 8 });
  const gateway = await startProcess(t, 'gateway', system.env);
  const user = await createUser(system.ctx.db, { id: null, name: 'partner' });
  const userId = user?.id ?? 0;
  await moveMoney(system.ctx.db, { userId, kind: 'credit', amountMicros: 10_000_000n, reason: 'test' });
  const { secret } = await createApiKey({ ctx: system.ctx, input: { userId, name: 'test', scopes: SCOPES } });
  let slowestMs = 0;
  const ask = async (path: string, body?: object) => {
    const started = performance.now();
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      headers: { authorization: `Bearer ${secret}` },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    const json = (await response.json()) as Record<string, string>;
    slowestMs = Math.max(slowestMs, performance.now() - started);
    return { status: response.status, json };
  };
  const send = async (to: string) => {
    const { status, json } = await ask('/api/sms-send.php', { to, message: 'Hello' });
    t.equal(status, 200, JSON.stringify(json));
    return json.id ?? '';
  };
  const sent = (id: string) =>
    until(async () => ['sent', 'delivered'].includes((await ask(`/v1/messages/${id}`)).json.status ?? ''), {
      what: 'the message to be sent',
    });
  const ids = [await send('+15553330001')];
  t.pass('a message was accepted before Redis was ever there');
  await redis.start();
  await startProcess(t, 'worker', system.env);
  await startProcess(t, 'poller', system.env);
  await sent(ids[0] ?? '');

  const rented = await ask('/api/virtual-numbers.php?action=rent_number', { service: 'tg', country: 22 });
  t.equal(rented.status, 200);
  const statusPath = `/api/virtual-numbers.php?action=status&id=${rented.json.activation_id}`;
  slowestMs = 0;
  redis.signal('SIGSTOP');
  for (let i = 0; i < 8; i += 1) {
    ids.push(await send(`+1555333010${i}`));
    t.match(await ask(statusPath), { status: 200, json: { status: 'waiting' } });
  }
  redis.signal('SIGCONT');
  t.ok(slowestMs < 1_500, `the slowest request while Redis was frozen took ${Math.round(slowestMs)} ms`);

  redis.signal('SIGKILL');
  ids.push(await send('+15553330200'));
  t.match(await ask(statusPath), { status: 200, json: { status: 'waiting' } });
  await redis.start();
  ids.push(await send('+15553330201'));
  for (const id of ids) await sent(id);
  await system.sandbox.control.deliverCode({ phone: rented.json.phone ?? '', code: '2468' });
  await until(async () => (await ask(statusPath)).json.otp === '2468', {
    what: 'the code, polled from the rebuilt index',
  });

  const delivered = (await system.sandbox.control.messages()).map((message) => message.to);
  t.equal(new Set(delivered).size, delivered.length, 'none doubled');
  t.equal(delivered.length, ids.length, 'none lost');
  t.strictSame(await system.brokenInvariants(), []);
});

t.test('PostgreSQL restarts: only 503, no crash, and no 200 without a row', async (t) => {
  const system = await startSystem(t, {
    env: { RATE_LIMIT_PER_SECOND: '0', UNKNOWN_SEND_WINDOW_SECONDS: '2' },
    workers: 0,
    pollers: 0,
    redisDatabase: 9,
  });
  const [gateway, worker, poller] = [
    await startProcess(t, 'gateway', system.env),
    await startProcess(t, 'worker', system.env),
    await startProcess(t, 'poller', system.env),
  ];
  const { secret } = await createApiKey({
    ctx: system.ctx,
    input: { userId: null, name: 'test', scopes: SCOPES },
  });
  const accepted: string[] = [];
  const statuses = new Set<number>();
  let finished = false;
  const load = (async () => {
    for (let i = 0; !finished; i += 1) {
      const response = await fetch(`http://127.0.0.1:${gateway.port}/api/sms-send.php`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body: JSON.stringify({ to: `+1555444${String(i).padStart(4, '0')}`, message: 'Hello' }),
      });
      const json = (await response.json()) as { id?: string };
      statuses.add(response.status);
      if (json.id) accepted.push(json.id);
    }
  })();
  for (let round = 0; round < 10; round += 1) {
    const before = accepted.length;
    await system.ctx.db
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch(() => undefined);
    await until(async () => accepted.length > before + 5, { what: 'sends after the round' });
  }
  finished = true;
  await load;
  t.ok(
    [...statuses].every((status) => status === 200 || status === 503),
    `only ${[...statuses]}`,
  );
  await until(
    async () => {
      const { rows } = await system.ctx.db.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM messages WHERE id = ANY($1) AND state IN ('sent', 'delivered')`,
        [accepted],
      );
      return rows[0]?.count === accepted.length;
    },
    { what: 'every accepted message to be sent', timeoutMs: 60_000 },
  );
  const delivered = (await system.sandbox.control.messages()).map((message) => message.to);
  t.equal(new Set(delivered).size, delivered.length, 'none doubled');
  for (const app of [gateway, worker, poller])
    t.equal(await app.end('SIGTERM'), 0, `the ${app.app} ends with 0`);
});
