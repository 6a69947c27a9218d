import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import {
  createWebhook,
  deleteWebhook,
  enableWebhook,
  listWebhookDeliveries,
  type Partner,
  readEvents,
  replayFailedWebhooks,
  replayWebhookDelivery,
  rotateWebhookSecret,
  testWebhook,
} from '#libs/services';
import { startWorker } from '../../apps/worker/start.ts';
import { freePort } from '../../scripts/lib/ports.mjs';
import { createPartner } from '../helpers/partner.ts';
import type { Teardown } from '../helpers/services.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';
import { RECEIVER_HOST, type ReceivedWebhook, startWebhookReceiver } from '../helpers/webhook-receiver.ts';

t.test('webhook endpoints', async (t) => {
  const system = await startSystem(t, { workers: 0 });
  const { ctx, redisPrefix } = system;
  const receiver = await startWebhookReceiver(t);
  const worker = system.context('worker');
  // Calls are given up after longer than a test takes, so that those which hang go on hanging.
  await startWorker(worker, { redisPrefix, webhooks: { ...receiver.reach, totalTimeoutMs: 25_000 } });
  const later = new Date(Date.now() + 3_600_000);
  const quiet = { requestId: 'r', idempotency: null };

  const createEndpoint = async (
    partner: Partner,
    path: string,
    eventTypes: string[] | null = null,
    port = receiver.port,
  ) => {
    const url = `https://${RECEIVER_HOST}:${port}${path}`;
    const input = { partner, ...quiet, url, eventTypes, description: null };
    return JSON.parse((await createWebhook({ ctx, input })).body) as { id: string; secret: string };
  };
  const move = (id: string, state: string) =>
    ctx.db.query('UPDATE messages SET state = $2 WHERE id = $1', [id, state]);
  const told = (path: string, count: number) =>
    until(async () => receiver.at(path).length >= count && receiver.at(path), {
      what: `${count} events at ${path}`,
    });
  const logOf = async (partner: Partner, id: string) =>
    (
      await listWebhookDeliveries({
        ctx,
        input: { partner, id, limit: 20, before: null, status: null },
      })
    ).deliveries;
  const settled = (partner: Partner, id: string, status: string, count = 1) =>
    until(
      async () => {
        const all = await logOf(partner, id);
        return all.filter((delivery) => delivery.status === status).length >= count && all;
      },
      { what: `${count} deliveries ${status}` },
    );
  const feed = async (partner: Partner) =>
    (await readEvents({ ctx, input: { partner, after: null, types: null, limit: 100 } })).events;

  await t.test('each that asked for it is told, with the id that the feed has', async (t) => {
    const { partner, send } = await createPartner(ctx);
    const neighbour = await createPartner(ctx);
    const all = await createEndpoint(partner, '/all');
    await createEndpoint(partner, '/delivered', ['message.delivered']);
    await createEndpoint(neighbour.partner, '/neighbour');
    const { id } = (await send({ sendAt: later, callbackUrl: receiver.url('/own') })).json;
    await move(id, 'sent');
    await move(id, 'delivered');
    const [sent] = await told('/all', 2);
    await told('/own', 2);
    const [delivered] = await told('/delivered', 1);
    t.equal(receiver.at('/delivered').length, 1);
    t.match(delivered?.json, { type: 'message.delivered', data: { id, status: 'delivered' } });
    t.same(receiver.at('/neighbour'), [], 'another partner hears nothing of it');
    const ids = (path: string) => receiver.at(path).map(({ headers }) => headers['webhook-id']);
    const events = await until(async () => (await feed(partner)).length === 2 && feed(partner));
    t.same(
      events.map((event) => event.id),
      ids('/all').sort(),
      'the feed has them under the same ids',
    );
    t.same(ids('/own').sort(), ids('/all').sort());
    t.ok(verifies(all.secret, sent));
    t.notOk(verifies((await createEndpoint(partner, '/x')).secret, sent), 'each endpoint has its own secret');
    const [log] = await settled(partner, all.id, 'delivered', 2);
    t.match(log, { type: 'message.delivered', attempts: [{ status: 200, error: null, ms: Number }] });
    t.notMatch(JSON.stringify(log), /15551234567|secret|hooks/);
  });

  await t.test('while a secret is changed both sign; afterwards the new one alone', async (t) => {
    const { partner, send } = await createPartner(ctx);
    const { id, secret } = await createEndpoint(partner, '/rotated', ['message.sent', 'message.delivered']);
    const rotate = async (overlapSeconds: number) => {
      const reply = await rotateWebhookSecret({ ctx, input: { partner, ...quiet, id, overlapSeconds } });
      return (JSON.parse(reply.body) as { secret: string }).secret;
    };
    const next = await rotate(600);
    t.not(next, secret);
    const message = (await send({ sendAt: later })).json.id;
    await move(message, 'sent');
    const [during] = await told('/rotated', 1);
    t.equal(String(during?.headers['webhook-signature']).split(' ').length, 2);
    t.ok(verifies(secret, during), 'the old one');
    t.ok(verifies(next, during), 'the new one');
    const tampered = during && { ...during, body: during.body.replace('message.sent', 'message.fake') };
    t.notOk(verifies(secret, tampered) || verifies(next, tampered));
    const last = await rotate(0);
    await move(message, 'delivered');
    const [, after] = await told('/rotated', 2);
    t.ok(verifies(last, after));
    t.notOk(verifies(next, after) || verifies(secret, after));
    const { rows } = await ctx.db.query<{ secret: Buffer }>(
      'SELECT secret FROM webhook_endpoints WHERE id = $1',
      [id],
    );
    t.notOk(rows[0]?.secret.includes(Buffer.from(last)), 'at rest it is encrypted');
  });

  await t.test('410 disables at once, and says so; enabled again it hears what comes', async (t) => {
    const { partner, send } = await createPartner(ctx);
    const { id } = await createEndpoint(partner, '/gone');
    await createEndpoint(partner, '/watch', ['webhook.disabled']);
    receiver.answer('/gone', 410);
    const message = (await send({ sendAt: later })).json.id;
    await move(message, 'sent');
    const [notice] = await told('/watch', 1);
    t.match(notice?.json, {
      type: 'webhook.disabled',
      data: { id, status: 'disabled', disabled_reason: 'gone' },
    });
    await move(message, 'delivered');
    const events = await until(async () => (await feed(partner)).length === 3 && feed(partner));
    t.same(
      events.map(({ type }) => type),
      ['message.sent', 'webhook.disabled', 'message.delivered'],
    );
    t.equal((await logOf(partner, id)).length, 1, 'what happens while it is disabled is not for it');
    const input = { partner, ...quiet, id };
    await t.rejects(testWebhook({ ctx, input }), { code: 'webhook_disabled' });
    await t.rejects(replayFailedWebhooks({ ctx, input: { ...input, since: null } }), {
      code: 'webhook_disabled',
    });
    await enableWebhook({ ctx, input });
    const replayed = await replayFailedWebhooks({ ctx, input: { ...input, since: null } });
    t.match(JSON.parse(replayed.body), { count: 1, more: false });
    const again = await told('/gone', 2);
    t.equal(again[0]?.headers['webhook-id'], again[1]?.headers['webhook-id']);
    t.equal(again[1]?.json.type, 'message.sent');
    const counted = await worker.metrics.registry.getSingleMetricAsString('smsx_webhooks_disabled_total');
    t.match(counted, /reason="gone".*\} 1/);
  });

  await t.test('a day of nothing but failures disables; one success begins anew', async (t) => {
    const { partner, send } = await createPartner(ctx);
    const { id } = await createEndpoint(partner, '/failing');
    const state = async () => {
      const { rows } = await ctx.db.query<{ failing: boolean; reason: string | null }>(
        `SELECT failing_since IS NOT NULL AS failing, disabled_reason AS reason FROM webhook_endpoints WHERE id = $1`,
        [id],
      );
      return rows[0];
    };
    const tell = async (...answers: number[]) => {
      receiver.answer('/failing', ...answers);
      const before = receiver.at('/failing').length;
      await move((await send({ sendAt: later })).json.id, 'sent');
      await told('/failing', before + 1);
      await until(async () => {
        const { rows } = await ctx.db.query(
          `SELECT 1 FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'calling'`,
          [id],
        );
        return rows.length === 0;
      });
    };
    const aDayPasses = () =>
      ctx.db.query(
        `UPDATE webhook_endpoints SET failing_since = failing_since - interval '25 hours' WHERE id = $1`,
        [id],
      );
    await tell(500);
    t.same(await state(), { failing: true, reason: null });
    await aDayPasses();
    await tell(200);
    t.same(await state(), { failing: false, reason: null });
    await tell(500);
    await tell(500);
    t.same(await state(), { failing: true, reason: null }, 'not yet');
    await aDayPasses();
    await tell(500);
    t.same(await state(), { failing: true, reason: 'failing' });
    const waiting = await logOf(partner, id);
    t.equal(waiting.filter(({ status }) => status === 'pending').length, 4);
    await ctx.db.query(
      `UPDATE webhook_deliveries SET next_attempt_at = now(), nudged_at = NULL WHERE endpoint_id = $1 AND state = 'ready'`,
      [id],
    );
    const calls = receiver.at('/failing').length;
    const given = await settled(partner, id, 'failed', 4);
    t.match(given[0], { status: 'failed', error: 'webhook_disabled' });
    t.equal(receiver.at('/failing').length, calls, 'nothing is called any more');
  });

  await t.test(
    'a test event goes to it alone and is not repeated; a delivery can be told again',
    async (t) => {
      const { partner } = await createPartner(ctx);
      const { id } = await createEndpoint(partner, '/tested', ['message.sent']);
      await createEndpoint(partner, '/other');
      receiver.answer('/tested', 500);
      const input = { partner, ...quiet, id };
      const reply = JSON.parse((await testWebhook({ ctx, input })).body) as {
        event: string;
        delivery: string;
      };
      const [event] = await told('/tested', 1);
      t.match(event?.json, {
        type: 'webhook.test',
        id: reply.event,
        data: { id, event_types: ['message.sent'] },
      });
      t.match(await settled(partner, id, 'failed'), [{ id: reply.delivery, attempts: [{ status: 500 }] }]);
      t.same(receiver.at('/other'), []);
      const again = { partner, ...quiet, id: reply.delivery };
      await replayWebhookDelivery({ ctx, input: again });
      t.match(await settled(partner, id, 'delivered'), [{ attempts: [{ status: 500 }, { status: 200 }] }]);
      t.equal(receiver.at('/tested')[1]?.headers['webhook-id'], reply.event);
      const neighbour = (await createPartner(ctx)).partner;
      await t.rejects(replayWebhookDelivery({ ctx, input: { ...again, partner: neighbour } }), {
        code: 'webhook_delivery_not_found',
      });
      await deleteWebhook({ ctx, input });
      await t.rejects(replayWebhookDelivery({ ctx, input: again }), { code: 'webhook_not_found' });
      await t.rejects(logOf(partner, id), { code: 'webhook_not_found' });
    },
  );

  await t.test('ten thousand for one that hangs and two that are dead delay nobody else', async (t) => {
    const held: ServerResponse[] = [];
    const hold = (response: ServerResponse) => held.push(response);
    receiver.answer('/hang', ...Array.from({ length: 200 }, () => hold));
    const silence = await startSilence(t);
    const [slow, silent, refusing] = [
      await createPartner(ctx),
      await createPartner(ctx),
      await createPartner(ctx),
    ];
    await createEndpoint(slow.partner, '/hang', ['message.sent']);
    await createEndpoint(silent.partner, '/', ['message.sent'], silence.port);
    await createEndpoint(refusing.partner, '/', ['message.sent'], await freePort());
    await flood(slow.partner.owner, 5_000);
    await flood(silent.partner.owner, 2_500);
    await flood(refusing.partner.owner, 2_500);
    await until(async () => held.length >= 10 && silence.most() >= 10, { what: 'twenty calls that hang' });
    const good = await createPartner(ctx);
    await createEndpoint(good.partner, '/good', ['message.sent']);
    for (let i = 0; i < 20; i += 1) await move((await good.send({ sendAt: later })).json.id, 'sent');
    t.equal((await told('/good', 20)).length, 20);
    for (const { partner } of [slow, silent]) {
      const times = await timesPutOff(partner.owner);
      t.ok(times <= 150, `${times} went through the queue only to be put off`);
    }
    t.equal(held.filter((response) => !response.destroyed).length, 10, 'ten are held all the time');
    t.equal(held.length, 10, 'and no more than ten');
    t.ok(silence.most() <= 10, `${silence.most()} connections to the one that says nothing`);
    const waiting = async (owner: string) => {
      const { rows } = await ctx.db.query<{ attempted: number; looked: number }>(
        `SELECT count(*) FILTER (WHERE state = 'delivered' OR attempts > 0)::integer AS attempted,
           count(*) FILTER (WHERE state = 'calling' OR nudged_at > now() - interval '10 seconds')::integer AS looked
         FROM webhook_deliveries WHERE owner = $1`,
        [owner],
      );
      return rows[0];
    };
    t.match(await waiting(slow.partner.owner), { attempted: 0 }, 'whoever waits has not used an attempt');
    const looked = (await waiting(slow.partner.owner))?.looked ?? 0;
    t.ok(looked <= 210, `${looked} of those that wait were ever looked at`);
    receiver.answer('/hang');
    for (const response of held) response.end('ok');
    await ctx.db.query(`DELETE FROM webhook_deliveries WHERE owner = ANY($1)`, [
      [slow, silent, refusing].map(({ partner }) => partner.owner),
    ]);
  });

  /** How often deliveries of an owner were put off for lack of a place: each of these went through the queue for nothing. */
  async function timesPutOff(owner: string): Promise<number> {
    const { rows } = await ctx.db.query<{ times: number }>(
      'SELECT sum(epoch - 1 - attempts)::integer AS times FROM webhook_deliveries WHERE owner = $1',
      [owner],
    );
    return rows[0]?.times ?? 0;
  }

  /** Messages that are sent, as far as their webhooks are concerned. */
  async function flood(owner: string, count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await ctx.db.query(
      `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, valid_until, next_attempt_at)
       SELECT id, $2, 'k', '+15551234567', 'gsm7', 1, now() + interval '1 day', now() + interval '1 hour'
       FROM unnest($1::uuid[]) AS id`,
      [ids, owner],
    );
    await ctx.db.query(`UPDATE messages SET state = 'sent' WHERE id = ANY($1::uuid[])`, [ids]);
  }
});

/** Takes connections and never says a word on them. */
async function startSilence(t: Teardown): Promise<{ port: number; most(): number }> {
  const sockets = new Set<Socket>();
  let most = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.resume();
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, most: () => most };
}

function verifies(secret: string, received: ReceivedWebhook | undefined): boolean {
  if (!received) throw new Error('nothing was received');
  try {
    new Webhook(secret).verify(received.body, received.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
