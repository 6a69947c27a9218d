import { Redis } from 'ioredis';
import t from 'tap';
import { createApiKey, SCOPES } from '#libs/services';
import { createUser, moveMoney } from '#libs/store';
import { startProcess } from '../helpers/processes.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';

const TEXT = 'Kanarienvogel 73914 singt';
const CODE = '8461937';

t.test('a whole run leaves no secret in logs, metrics or Redis', async (t) => {
  const system = await startSystem(t, {
    env: { LOG_LEVEL: 'trace' },
    workers: 0,
    pollers: 0,
    redisDatabase: 7,
  });
  const apps = await Promise.all(
    (['gateway', 'worker', 'poller'] as const).map((app) => startProcess(t, app, system.env)),
  );
  const [gateway] = apps;
  const user = await createUser(system.ctx.db, { id: null, name: 'partner' });
  const userId = user?.id ?? 0;
  await moveMoney(system.ctx.db, { userId, kind: 'credit', amountMicros: 10_000_000n, reason: 'test' });
  const { secret } = await createApiKey({ ctx: system.ctx, input: { userId, name: 'test', scopes: SCOPES } });
  const ask = async (path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${gateway?.port}${path}`, {
      headers: { authorization: `Bearer ${secret}` },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Record<string, string>;
  };

  const sent = await ask('/api/sms-send.php', { to: '+447700900123', message: TEXT });
  await until(async () =>
    ['sent', 'delivered'].includes((await ask(`/v1/messages/${sent.id}`)).status ?? ''),
  );
  await system.sandbox.control.addFault({
    provider: 'twilio',
    kind: 'refused',
    errorCode: 21211,
    action: 'create',
  });
  await ask('/api/sms-send.php', { to: '+447700900124', message: `${TEXT} again` });
  await ask('/api/sms-send.php', { to: 'not a number 447700900125', message: TEXT });
  const rented = await ask('/api/virtual-numbers.php?action=rent_number', { service: 'tg', country: 22 });
  await system.sandbox.control.deliverCode({ phone: rented.phone ?? '', code: CODE, text: `code ${CODE}` });
  await until(async () => {
    const path = `/api/virtual-numbers.php?action=status&id=${rented.activation_id}`;
    return (await ask(path)).otp === CODE;
  });

  const canaries = {
    'API key': secret,
    'provider key': system.env.SMSBOWER_API_KEY ?? '',
    'auth token': system.env.TWILIO_AUTH_TOKEN ?? '',
    text: 'Kanarienvogel',
    code: CODE,
    'number texted': '447700900123',
    'number refused': '447700900124',
    'number rented': (rented.phone ?? '').replace('+', ''),
  };
  const stored = await dumpRedis(system.env.REDIS_URL ?? '');
  for (const [name, canary] of Object.entries(canaries)) {
    for (const { app, output } of apps)
      t.notOk(output().includes(canary), `${name} in the log of the ${app}`);
    // The rented number is the partner's own and stands in the status cache; a code never does in the clear.
    if (name !== 'number rented') t.notOk(stored.includes(canary), `${name} in Redis`);
  }
  for (const { app, output } of apps) t.ok(output().includes('"event"'), `the ${app} does log`);
});

async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  const parts: string[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    parts.push(key);
    if (type === 'string') parts.push((await redis.get(key)) ?? '');
    if (type === 'hash') parts.push(JSON.stringify(await redis.hgetall(key)));
    if (type === 'stream') parts.push(JSON.stringify(await redis.xrange(key, '-', '+')));
    if (type === 'zset') parts.push((await redis.zrange(key, '0', '-1')).join());
    if (type === 'list') parts.push((await redis.lrange(key, 0, -1)).join());
  }
  await redis.quit();
  return parts.join('\n');
}
