import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import tap from 'tap';
import { replayDeliveries } from '#libs/store';
import { startWorker } from '../../apps/worker/start.ts';
import { createPartner } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';
import { OTHER_HOST, startWebhookReceiver } from '../helpers/webhook-receiver.ts';
import { fault, type Test } from './harness/fault.ts';

tap.setTimeout(120_000);

const REBINDING_HOST = 'rebinding.partner.test';
const INSIDE_HOST = 'inside.partner.test';

fault(
  {
    id: 'F31',
    title: 'a webhook endpoint hangs, fails, redirects inside, rebinds its name',
    criterion: 'others unaffected; 0 connections to private addresses; replayable from the dead letters',
    quick: true,
  },
  async ({ t, full, report }) => {
    const system = await startSystem(t, { workers: 0 });
    const { ctx, redisPrefix } = system;
    const receiver = await startWebhookReceiver(t);
    const inside = await countConnections(t);
    await startWorker(system.context('worker'), {
      redisPrefix,
      webhooks: { ...receiver.reach, resolve: rebinding(), isAllowed: (address) => address === '127.0.0.1' },
    });
    const [slow, bad, good] = [await createPartner(ctx), await createPartner(ctx), await createPartner(ctx)];
    const count = full ? 100 : 20;
    const hanging: ServerResponse[] = [];
    receiver.answer(
      '/hang',
      ...Array.from({ length: count }, () => (response: ServerResponse) => hanging.push(response)),
    );
    receiver.answer('/fail', 500, 500);
    receiver.answer('/rebinding', 503, 503, 503);
    receiver.answer('/gone', 410);
    receiver.answer('/redirect', (response) =>
      response.writeHead(302, { location: `http://127.0.0.2:${inside.port}/` }).end(),
    );
    const endpoints = [
      receiver.url('/fail', OTHER_HOST),
      receiver.url('/gone', OTHER_HOST),
      receiver.url('/redirect', OTHER_HOST),
      `https://${INSIDE_HOST}:${inside.port}/`,
      `https://${REBINDING_HOST}:${receiver.port}/rebinding`,
    ];
    for (let i = 0; i < count; i += 1) await slow.send({ callbackUrl: receiver.url('/hang') });
    for (const callbackUrl of endpoints) await bad.send({ callbackUrl });
    await until(async () => hanging.length > 0, { what: 'a call that hangs' });

    for (let i = 0; i < count; i += 1) await good.send({ callbackUrl: receiver.url('/good', OTHER_HOST) });
    await until(async () => receiver.at('/good').length >= count, {
      what: 'every webhook of the other partner',
    });
    t.ok(receiver.at('/good').length >= count, 'the other partner hears everything while those hang');

    const state = async (path: string) => {
      const { rows } = await ctx.db.query<{ id: string; state: string; error: string | null }>(
        `SELECT id, state, last_error AS error FROM webhook_deliveries WHERE url LIKE $1 AND event_type = 'message.sent'`,
        [`%${path}`],
      );
      return rows[0];
    };
    await until(async () => (await state('/gone'))?.state === 'failed', {
      what: 'the endpoint that is gone',
    });
    await ctx.db.query(`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE url LIKE '%rebinding'`);
    await until(async () => (await state('/rebinding'))?.error === 'refused_address', {
      what: 'the second look at the name, which leads inside',
    });
    t.equal(inside.connections(), 0, 'no connection to a private address');

    const dead = await state('/gone');
    const replayed = await replayDeliveries(
      ctx.db,
      { id: dead?.id ?? null, owner: bad.partner.owner, since: null },
      10,
    );
    t.same(
      replayed.map(({ id }) => id),
      [dead?.id],
      'a dead letter is found',
    );
    await until(async () => (await state('/gone'))?.state === 'delivered', { what: 'the replay' });
    const heard = receiver.at('/gone').filter(({ json }) => json.type === 'message.sent');
    t.equal(new Set(heard.map(({ headers }) => headers['webhook-id'])).size, 1, 'under the same webhook-id');
    for (const response of hanging) response.end('ok');
    t.same(await system.brokenInvariants(), []);
    report({ runs: count + endpoints.length, lost: 0, doubled: 0, recoverMs: null });
  },
);

/** The first look at the rebinding name finds the receiver, every later one an address inside. */
function rebinding(): (host: string) => Promise<string[]> {
  let looks = 0;
  return async (host) => {
    if (host === INSIDE_HOST) return ['127.0.0.2'];
    if (host !== REBINDING_HOST) return ['127.0.0.1'];
    looks += 1;
    return [looks === 1 ? '127.0.0.1' : '127.0.0.2'];
  };
}

/** Stands for a machine of our own network; the second loopback address is not allowed here. */
async function countConnections(t: Test): Promise<{ port: number; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', () => resolve()));
  t.teardown(() => server.close());
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, connections: () => connections };
}
