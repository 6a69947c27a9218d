import { randomUUID } from 'node:crypto';
import t from 'tap';
import { createApiKey, recordPush, SCOPES } from '#libs/services';
import { createUser, findProvider, moveMoney } from '#libs/store';
import { type AppProcess, startProcess } from '../helpers/processes.ts';
import { type System, startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';

type App = AppProcess['app'];

const FIRST_WORKER: [string, App] = ['w1', 'worker'];

interface Answer {
  status: number;
  body: Record<string, string>;
}

interface Ask {
  path: string;
  body?: object;
  idempotencyKey?: string;
}

/** A client that repeats whatever failed with the same key, as partners are told to. */
function createClient(apiKey: string, gateways: () => AppProcess[]) {
  const call = async (ask: Ask): Promise<Answer> => {
    let attempt = 0;
    return until(
      async () => {
        attempt += 1;
        const gateway = gateways()[attempt % Math.max(1, gateways().length)];
        return gateway ? tryOnce(gateway, apiKey, ask) : null;
      },
      { what: `an answer for ${ask.path}`, everyMs: 200, timeoutMs: 60_000 },
    );
  };
  return {
    send: (to: string, idempotencyKey: string = randomUUID()) =>
      call({ path: '/api/sms-send.php', body: { to, message: 'Hello' }, idempotencyKey }),
    rent: (idempotencyKey: string = randomUUID()) =>
      call({
        path: '/api/virtual-numbers.php?action=rent_number',
        body: { service: 'tg', country: 22 },
        idempotencyKey,
      }),
    status: (id: string) => call({ path: `/api/virtual-numbers.php?action=status&id=${id}` }),
    message: (id: string) => call({ path: `/v1/messages/${id}` }),
  };
}

/** Null when the same request should be made again. */
async function tryOnce(gateway: AppProcess, apiKey: string, ask: Ask): Promise<Answer | null> {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(ask.idempotencyKey ? { 'idempotency-key': ask.idempotencyKey } : {}),
  };
  const init = ask.body ? { method: 'POST', headers, body: JSON.stringify(ask.body) } : { headers };
  const response = await fetch(`http://127.0.0.1:${gateway.port}${ask.path}`, init).catch(() => null);
  const body = (await response?.json().catch(() => null)) as Record<string, string> | null;
  if (!response || !body || response.status >= 500 || body.error === 'idempotency_in_flight') return null;
  return { status: response.status, body };
}

async function createKey(system: System): Promise<string> {
  const user = await createUser(system.ctx.db, { id: null, name: 'partner' });
  const userId = user?.id ?? 0;
  await moveMoney(system.ctx.db, { userId, kind: 'credit', amountMicros: 1_000_000_000n, reason: 'test' });
  return (await createApiKey({ ctx: system.ctx, input: { userId, name: 'test', scopes: SCOPES } })).secret;
}

/** Time passes for calls whose worker is gone, so that the sweep need not be waited for. */
async function letCallsGrowOld(system: System): Promise<void> {
  await system.ctx.db.query(
    `UPDATE messages SET call_started_at = call_started_at - interval '31 seconds' WHERE state = 'calling'`,
  );
  await system.ctx.db.query(
    `UPDATE activations SET call_started_at = call_started_at - interval '46 seconds' WHERE state = 'buying'`,
  );
}

t.test('a worker killed in the middle of a call', async (t) => {
  const system = await startSystem(t, {
    env: { UNKNOWN_SEND_WINDOW_SECONDS: '2' },
    workers: 0,
    pollers: 1,
    redisDatabase: 5,
  });
  const { env } = system;
  const { control } = system.sandbox;
  const gateway = await startProcess(t, 'gateway', env);
  const client = createClient(await createKey(system), () => [gateway]);
  const restartWorker = () => startProcess(t, 'worker', env);
  const calls = async (name: string) => (await control.calls())[name] ?? 0;

  await t.test('after the SMS provider took the message: found, not sent again', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'slow', action: 'create', delayMs: 8_000 });
    const worker = await restartWorker();
    const { body } = await client.send('+15551230001');
    await until(async () => (await control.messages()).length === 1, { what: 'the message at the provider' });
    await worker.end('SIGKILL');
    await restartWorker();
    await letCallsGrowOld(system);
    await until(async () =>
      ['sent', 'delivered'].includes((await client.message(body.id ?? '')).body.status ?? ''),
    );
    t.equal((await control.messages()).length, 1);
  });

  await t.test(
    'after a number was bought: nothing is bought twice, and its code still arrives',
    async (t) => {
      await control.addFault({ provider: 'smsbower', kind: 'slow', action: 'getNumberV2', delayMs: 8_000 });
      const worker = await restartWorker();
      const key = randomUUID();
      const renting = client.rent(key);
      const bought = await until(async () => (await control.rentals())[0], {
        what: 'the rental at the provider',
      });
      await worker.end('SIGKILL');
      await restartWorker();
      await letCallsGrowOld(system);
      const { status, body } = await renting;
      t.equal(status, 202);
      t.match((await client.rent(key)).body, { activation_id: body.activation_id });
      await control.deliverCode({ activationId: bought.activationId, code: '4321' });
      const secret = (await findProvider(system.ctx.db, 1))?.callbackSecret ?? '';
      const push = { providerRef: bought.activationId, service: 'tg', country: 22, code: '4321', text: null };
      await recordPush({ ctx: system.ctx, input: { secret, ...push } });
      await until(async () => (await client.status(body.activation_id ?? '')).body.otp === '4321');
      t.equal(await calls('smsbower.getNumberV2'), 1);
    },
  );

  t.strictSame(await system.brokenInvariants(), []);
});

t.test('gateways, workers and pollers killed at random while Redis is emptied', async (t) => {
  const system = await startSystem(t, {
    env: { UNKNOWN_SEND_WINDOW_SECONDS: '2', RATE_LIMIT_PER_SECOND: '0' },
    workers: 0,
    pollers: 0,
    redisDatabase: 6,
  });
  const { env } = system;
  const { control } = system.sandbox;
  await control.changeSettings({ autoCodeSeconds: 2 });
  const running = new Map<string, AppProcess>();
  const crew: [string, App][] = [
    ['g1', 'gateway'],
    ['g2', 'gateway'],
    ['w1', 'worker'],
    ['w2', 'worker'],
    ['w3', 'worker'],
    ['p1', 'poller'],
    ['p2', 'poller'],
  ];
  await Promise.all(crew.map(async ([name, app]) => running.set(name, await startProcess(t, app, env))));
  const gateways = () => [...running.values()].filter((process) => process.app === 'gateway');
  const client = createClient(await createKey(system), gateways);

  const numbers = Array.from({ length: 120 }, (_, i) => `+1555200${String(i).padStart(4, '0')}`);
  let finished = false;
  const chaos = (async () => {
    for (let round = 0; !finished && round < 12; round += 1) {
      const [name, app] = crew[(round * 3) % crew.length] ?? FIRST_WORKER;
      await running.get(name)?.end('SIGKILL');
      await system.emptyRedis();
      running.set(name, await startProcess(t, app, env));
    }
  })();
  const sends = await inBatches(numbers, 10, (to) => client.send(to));
  const rents = await inBatches(Array.from({ length: 20 }), 5, () => client.rent());
  finished = true;
  await chaos;

  await letCallsGrowOld(system);
  t.ok(
    sends.every(({ status }) => status === 200),
    'every send was accepted',
  );
  await until(
    async () => {
      const states = await Promise.all(sends.map(({ body }) => client.message(body.id ?? '')));
      return states.every(({ body }) => ['sent', 'delivered', 'failed'].includes(body.status ?? ''));
    },
    { what: 'every message to settle', timeoutMs: 60_000, everyMs: 500 },
  );
  const delivered = (await control.messages()).map((message) => message.to).sort();
  t.strictSame(delivered, numbers, 'each message reached the provider once, none is missing');
  const ids = rents.flatMap(({ status, body }) => (status === 200 ? [body.activation_id ?? ''] : []));
  await until(
    async () => {
      const states = await Promise.all(ids.map((id) => client.status(id)));
      return states.every(({ body }) => body.status === 'received');
    },
    { what: 'every code to arrive', timeoutMs: 60_000, everyMs: 500 },
  );
  const { rows } = await system.ctx.db.query<{ refs: number; open: number }>(
    `SELECT count(provider_ref)::integer AS refs, count(*) FILTER (WHERE state = 'purchase_unknown')::integer AS open FROM activations`,
  );
  const bought = (await control.rentals()).length;
  t.ok(
    bought >= (rows[0]?.refs ?? 0) && bought <= (rows[0]?.refs ?? 0) + (rows[0]?.open ?? 0),
    'every purchase has its row',
  );
  t.strictSame(await system.brokenInvariants(), []);
});

async function inBatches<Item, Result>(
  items: Item[],
  size: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let i = 0; i < items.length; i += size) {
    results.push(...(await Promise.all(items.slice(i, i + size).map(work))));
  }
  return results;
}
