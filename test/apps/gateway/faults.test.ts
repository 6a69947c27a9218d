import { createServer, connect as open, type Server, type Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { addProvider } from '#libs/services';
import { insertRental } from '#libs/store';
import { newRental } from '../../helpers/rental-rows.ts';
import { type Teardown, testRedisUrl } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';
import { startTestGateway, type TestGateway, TWILIO_ENVIRONMENT } from './gateway.ts';

const MESSAGE = { to: '+15551234567', message: 'Hello' };

t.test('PostgreSQL away: 503 and never a 2xx or a 500', async (t) => {
  const gateway = await startTestGateway(
    t,
    {
      ...TWILIO_ENVIRONMENT,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      PARTNER_API_KEYS: 'shop:environment-secret',
      PARTNER_VIRTUAL_USER_ID: '1',
    },
    { withPartner: false },
  );
  const headers = { 'x-api-key': 'environment-secret' };
  const replies = [
    await gateway.send(MESSAGE, headers),
    await gateway.post('rent_number', { service: 'tg', country: 22 }, headers),
    await gateway.post('cancel', { id: 1 }, headers),
    await gateway.call({ url: '/api/virtual-numbers.php?action=status&id=1', headers }),
    await gateway.call({
      url: '/api/virtual-numbers.php?action=wallet',
      headers: { 'x-api-key': unknownKey() },
    }),
  ];
  for (const reply of replies) {
    t.equal(reply.statusCode, 503, reply.body);
    t.match(reply.json(), { ok: false, error: 'overloaded' });
    t.match(reply.headers, { 'retry-after': '1' });
  }
  t.equal((await gateway.call({ url: '/' })).statusCode, 200, 'the page needs no database');
});

t.test('Redis away: accepted, read from the row, and still limited', async (t) => {
  const gateway = await startTestGateway(t, {
    ...TWILIO_ENVIRONMENT,
    REDIS_URL: 'redis://127.0.0.1:1',
    RATE_LIMIT_PER_SECOND: '3',
  });
  const id = await createRental(gateway);
  await until(async () => {
    const replies = [
      await gateway.send(MESSAGE),
      await gateway.get(`action=status&id=${id}`),
      await gateway.get('action=wallet'),
      await gateway.get('action=wallet'),
    ];
    return replies.map((reply) => reply.statusCode).join() === '200,200,200,429';
  });
});

t.test('Redis frozen: status comes from the row, and Redis is then left alone', async (t) => {
  const proxy = await startProxy(t, new URL(testRedisUrl()));
  const gateway = await startTestGateway(t, { REDIS_URL: proxy.url, RATE_LIMIT_PER_SECOND: '100' });
  const id = await createRental(gateway);
  await until(async () => {
    await gateway.get(`action=status&id=${id}`);
    return (await lookUps(gateway, 'hit')) > 0;
  });
  const awayBefore = await lookUps(gateway, 'away');
  proxy.freeze();
  const [first, second] = [
    await gateway.get(`action=status&id=${id}`),
    await gateway.get(`action=status&id=${id}`),
  ];
  t.match(first.json(), { ok: true, status: 'waiting' });
  t.equal(second.statusCode, 200);
  // Each command waits for its own deadline of half a second: one look-up and one write, then no look-up.
  t.ok(proxy.swallowed('EVALSHA') <= 3, `${proxy.swallowed('EVALSHA')} commands were waited for`);
  t.equal((await lookUps(gateway, 'away')) - awayBefore, 2);
});

async function lookUps(gateway: TestGateway, result: string): Promise<number> {
  const lines = (await gateway.metrics.registry.metrics()).split('\n');
  const line = lines.find((one) => one.startsWith('smsx_status_cache_total') && one.includes(`"${result}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

async function createRental({ ctx, main }: TestGateway): Promise<number> {
  const provider = await addProvider({
    ctx,
    input: {
      kind: 'smsbower',
      name: 'one',
      apiUrl: 'https://provider.example/',
      apiKey: 'k',
      requestsPerSecond: 0,
    },
  });
  const id = await insertRental(
    ctx.db,
    newRental(main.userId, { providerId: provider.id, priceMicros: 300_000n }),
  );
  if (typeof id !== 'number') throw id ?? new Error('its key is taken');
  return id;
}

/** Well formed, and so looked up. */
function unknownKey(): string {
  const body = `smsx_live_0123456789ab_${'0'.repeat(64)}`;
  return body + crc32(body).toString(16).padStart(8, '0');
}

interface Proxy {
  url: string;
  /** Connections stay open and say nothing any more. */
  freeze(): void;
  /** How often a word came since then. */
  swallowed(word: string): number;
}

async function startProxy(t: Teardown, target: URL): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let kept = '';
  const server: Server = createServer((client) => {
    const upstream = open(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (data) => {
      if (frozen) kept += data;
      else upstream.write(data);
    });
    upstream.on('data', (data) => void (frozen || client.write(data)));
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(target);
  const address = server.address();
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : 0);
  return {
    url: url.href,
    freeze: () => {
      frozen = true;
    },
    swallowed: (word) => kept.toUpperCase().split(word).length - 1,
  };
}
