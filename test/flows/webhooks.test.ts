import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import {
  cancelActivation,
  finishActivation,
  getMessage,
  recordCode,
  recordMessageStatus,
  resendActivation,
  WEBHOOK_DELAYS,
  webhookSecret,
} from '#libs/services';
import { claimDelivery, loadActivations, settleDelivered, settleUndelivered } from '#libs/store';
import { startWorker } from '../../apps/worker/start.ts';
import { createPartner } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';
import { OTHER_HOST, PRIVATE_HOST, startWebhookReceiver } from '../helpers/webhook-receiver.ts';

interface Delivery {
  webhookId: string;
  epoch: number;
  type: string;
  state: string;
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  dueInSeconds: number;
}

const UNDONE = 'undone on purpose';

t.test('webhooks', async (t) => {
  const system = await startSystem(t, { workers: 0 });
  const { ctx, sandbox, redisPrefix } = system;
  const { control } = sandbox;
  const receiver = await startWebhookReceiver(t);
  await startWorker(system.context('worker'), { redisPrefix, webhooks: receiver.reach });
  const { send, rent, partner, statusBecomes } = await createPartner(ctx, '100');
  const later = new Date(Date.now() + 3_600_000);

  const deliveries = async (path: string) => {
    const { rows } = await ctx.db.query<Delivery>(
      `SELECT 'evt_' || event_id AS "webhookId", epoch, event_type AS type, state, attempts, last_status AS "lastStatus", last_error AS "lastError",
         extract(epoch FROM next_attempt_at - now())::float8 AS "dueInSeconds"
       FROM webhook_deliveries WHERE url LIKE $1 ORDER BY created_at, id`,
      [`%${path}`],
    );
    return rows;
  };
  const becomes = (path: string, wanted: Partial<Delivery>) =>
    until(
      async () => {
        const [found] = await deliveries(path);
        return found && Object.entries(wanted).every(([name, value]) => Reflect.get(found, name) === value)
          ? found
          : null;
      },
      { what: `the delivery to ${path} being ${JSON.stringify(wanted)}` },
    );
  /** Resolves once so many events were told and nothing is left to tell. */
  const told = async (path: string, count: number) => {
    await until(
      async () => {
        const rows = await deliveries(path);
        return rows.length >= count && rows.every(({ state }) => state === 'delivered');
      },
      { what: `${count} events at ${path}` },
    );
    return receiver.at(path);
  };
  const dueNow = (path: string, more = '') =>
    ctx.db.query(
      `UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 second', nudged_at = NULL ${more}
       WHERE url LIKE $1`,
      [`%${path}`],
    );
  /** A message that only the test moves. */
  const quietMessage = async (path: string) =>
    (await send({ callbackUrl: receiver.url(path), sendAt: later })).json.id;
  const move = (id: string, state: string, db: Pick<typeof ctx.db, 'query'> = ctx.db) =>
    db.query('UPDATE messages SET state = $2 WHERE id = $1', [id, state]);

  t.afterEach(async () => {
    await control.clearFaults();
    assert.deepEqual(await system.brokenInvariants(), []);
  });

  await t.test('a message: sent and delivered, each once, signed as Standard Webhooks says', async (t) => {
    const { id } = (await send({ callbackUrl: receiver.url('/sms?token=1'), reference: 'r-1' })).json;
    const [sent] = await told('/sms?token=1', 1);
    t.match(sent?.json, {
      type: 'message.sent',
      id: sent?.headers['webhook-id'] ?? 'missing',
      created_at: /Z$/,
      data: { id, status: 'sent', reference: 'r-1', to: '+15551234567' },
    });
    t.equal(sent?.headers['content-type'], 'application/json');
    await recordMessageStatus({ ctx, input: await heard(id, 'delivered') });
    const all = await told('/sms?token=1', 2);
    t.same(
      all.map(({ json }) => json.type),
      ['message.sent', 'message.delivered'],
    );
    const {
      events: _events,
      timeline: _timeline,
      ...asAsked
    } = await getMessage({ ctx, input: { partner, id } });
    t.same(all[1]?.json.data, asAsked, 'data is what GET /v1/messages/{id} tells');
    const verifier = new Webhook(webhookSecret(ctx, partner.owner));
    for (const { body, headers } of all) {
      t.same(verifier.verify(body, headers as Record<string, string>), JSON.parse(body));
      t.throws(() => verifier.verify(`${body} `, headers as Record<string, string>));
      const others = new Webhook(webhookSecret(ctx, 'u:0'));
      t.throws(() => others.verify(body, headers as Record<string, string>));
    }
  });

  await t.test('the other ends of a message', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'refused', errorCode: 21610, action: 'create' });
    await send({ callbackUrl: receiver.url('/failed') });
    t.match(await told('/failed', 1), [
      { json: { type: 'message.failed', data: { status: 'failed', error: 'recipient_opted_out' } } },
    ]);
    for (const end of ['undelivered', 'canceled'] as const) {
      const { id } = (await send({ callbackUrl: receiver.url(`/${end}`) })).json;
      await told(`/${end}`, 1);
      await recordMessageStatus({ ctx, input: await heard(id, end) });
      t.match(await told(`/${end}`, 2), [{}, { json: { type: `message.${end}`, data: { status: end } } }]);
    }
  });

  await t.test('a rental: rented, each code once, finished; a late code', async (t) => {
    const { json } = await rent({ callbackUrl: receiver.url('/rental') });
    const id = Number(json.activation_id);
    t.match(await told('/rental', 1), [{ json: { type: 'activation.active', data: { phone: json.phone } } }]);
    await control.deliverCode({ phone: json.phone ?? '', code: '1111' });
    await statusBecomes(id, 'received');
    const code = { type: 'activation.code_received', data: { status: 'received', otp: '1111' } };
    t.match(await told('/rental', 2), [{}, { json: code }]);
    await resendActivation({ ctx, input: { partner, id } });
    await control.deliverCode({ phone: json.phone ?? '', code: '2222' });
    await statusBecomes(id, 'received');
    t.match((await told('/rental', 3))[2]?.json, { type: code.type, data: { otp: '2222' } });
    await finishActivation({ ctx, input: { partner, id } });
    const types = (await told('/rental', 4)).map(({ json }) => json.type);
    t.same(types, ['activation.active', code.type, code.type, 'activation.finished']);

    await control.changeSettings({ earliestCancelSeconds: 0 });
    const other = Number((await rent({ callbackUrl: receiver.url('/late') })).json.activation_id);
    await told('/late', 1);
    await cancelActivation({ ctx, input: { partner, id: other } });
    t.match(await told('/late', 2), [
      {},
      { json: { type: 'activation.cancelled', data: { reason: 'requested' } } },
    ]);
    const [activation] = await loadActivations(ctx.db, [other]);
    assert(activation);
    t.equal(await recordCode({ ctx, input: { activation, code: '3333' } }), 'late');
    const late = {
      type: 'activation.late_code',
      data: { status: 'cancelled', late_code: true, otp: '3333' },
    };
    t.match((await told('/late', 3))[2]?.json, late);
  });

  await t.test(
    'a rental that never was: refused, or released after a purchase of unknown outcome',
    async (t) => {
      await control.addFault({ provider: 'smsbower', kind: 'unauthorized', action: 'getNumberV2' });
      await rent({ callbackUrl: receiver.url('/refused') });
      await ctx.db.query('DELETE FROM provider_health');
      const cancelled = (reason: string) => ({ type: 'activation.cancelled', data: { reason } });
      t.match(await told('/refused', 1), [{ json: cancelled('provider_error') }]);
      await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2' });
      const { json } = await rent({ callbackUrl: receiver.url('/released') });
      await ctx.db.query('UPDATE activations SET release_at = now() WHERE id = $1', [json.activation_id]);
      t.match(await told('/released', 1), [{ json: cancelled('unknown_outcome') }]);
    },
  );

  await t.test('an event is part of its commit, and is written once', async (t) => {
    const id = await quietMessage('/commit');
    const undone = ctx.db.transaction(async (tx) => {
      await move(id, 'failed', tx);
      const inside = await tx.query('SELECT 1 FROM webhook_deliveries WHERE message_id = $1', [id]);
      t.equal(inside.rowCount, 1);
      throw new Error(UNDONE);
    });
    await t.rejects(undone, { message: UNDONE });
    t.same(await deliveries('/commit'), []);
    for (const state of ['sent', 'unknown', 'sent']) await move(id, state);
    t.equal((await told('/commit', 1)).length, 1, 'doubted and sent after all: told once');
    const silent = (await send({ sendAt: later })).json.id;
    await move(silent, 'failed');
    const { rowCount } = await ctx.db.query('SELECT 1 FROM webhook_deliveries WHERE message_id = $1', [
      silent,
    ]);
    t.equal(rowCount, 0, 'no callback_url, nothing to tell');
  });

  await t.test('500: told again under the same id, though the queue forgot it', async (t) => {
    receiver.answer('/retry', 500);
    await move(await quietMessage('/retry'), 'sent');
    const { webhookId, dueInSeconds } = await becomes('/retry', {
      state: 'ready',
      attempts: 1,
      lastStatus: 500,
    });
    t.ok(dueInSeconds > 5 && dueInSeconds <= 11, `next in ${dueInSeconds} s`);
    for (const queue of ctx.jobs.queues()) await queue.obliterate({ force: true });
    await dueNow('/retry');
    const all = await told('/retry', 1);
    t.same(
      all.map(({ headers }) => headers['webhook-id']),
      [webhookId, webhookId],
    );
    t.match(await deliveries('/retry'), [{ epoch: 2, attempts: 2, lastStatus: 200 }]);
  });

  await t.test('the pauses grow; at the end of its time it is a dead letter', async (t) => {
    const id = await quietMessage('/pauses');
    const pauses: number[] = [];
    const undone = ctx.db.transaction(async (tx) => {
      await move(id, 'sent', tx);
      const found = await tx.query<{ id: string }>(
        'SELECT id FROM webhook_deliveries WHERE message_id = $1',
        [id],
      );
      const held = { id: found.rows[0]?.id ?? '', epoch: 1, claim: randomUUID() };
      for (; held.epoch <= 7; held.epoch += 1) {
        t.ok(await claimDelivery(tx, held));
        t.equal(await claimDelivery(tx, held), null, 'claimed once');
        const failure = { status: 500, error: null, gone: false, delays: WEBHOOK_DELAYS, ms: 7 };
        t.same(await settleUndelivered(tx, held, failure), { state: 'ready', disabled: null });
        const { rows } = await tx.query<{ pause: number }>(
          `UPDATE webhook_deliveries SET next_attempt_at = now() WHERE id = $1 RETURNING
             (SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM webhook_deliveries WHERE id = $1) AS pause`,
          [held.id],
        );
        pauses.push(rows[0]?.pause ?? 0);
      }
      throw new Error(UNDONE);
    });
    await t.rejects(undone, { message: UNDONE });
    const expected = [10, 30, 120, 600, 3_600, 21_600, 21_600];
    for (const [index, pause] of pauses.entries()) {
      const wanted = expected[index] ?? 0;
      t.ok(Math.abs(pause - wanted) <= wanted * 0.1 + 0.001, `${pause} is about ${wanted}`);
    }
    t.equal(pauses.length, expected.length);

    receiver.answer('/dead', 500, 500);
    await move(await quietMessage('/dead'), 'sent');
    await becomes('/dead', { state: 'ready', attempts: 1 });
    await dueNow('/dead', ', give_up_at = now()');
    await becomes('/dead', { state: 'failed', attempts: 2, lastStatus: 500 });
    t.equal(receiver.at('/dead').length, 2);
  });

  await t.test('410 ends it at once; a redirect and a private address are failures', async (t) => {
    receiver.answer('/gone', 410);
    await move(await quietMessage('/gone'), 'sent');
    await becomes('/gone', { state: 'failed', attempts: 1, lastStatus: 410 });
    receiver.answer('/moved', 302);
    await move(await quietMessage('/moved'), 'sent');
    await becomes('/moved', { state: 'ready', attempts: 1, lastStatus: 302 });
    t.same(receiver.at('/redirected'), []);
    const callbackUrl = receiver.url('/private', PRIVATE_HOST);
    await move((await send({ callbackUrl, sendAt: later })).json.id, 'sent');
    await becomes('/private', {
      state: 'ready',
      attempts: 1,
      lastStatus: null,
      lastError: 'refused_address',
    });
    t.same(receiver.at('/private'), []);
  });

  await t.test(
    'a worker that died in the middle: told by another, the first one settles nothing',
    async (t) => {
      const id = await quietMessage('/killed');
      const held = await ctx.db.transaction(async (tx) => {
        await move(id, 'sent', tx);
        const { rows } = await tx.query<{ id: string }>(
          'SELECT id FROM webhook_deliveries WHERE message_id = $1',
          [id],
        );
        const claim = { id: rows[0]?.id ?? '', epoch: 1, claim: randomUUID() };
        t.match(await claimDelivery(tx, claim), { eventType: 'message.sent' });
        return claim;
      });
      await ctx.db.query(
        `UPDATE webhook_deliveries SET call_started_at = now() - interval '31 seconds' WHERE id = $1`,
        [held.id],
      );
      const { webhookId } = await becomes('/killed', { state: 'ready', epoch: 2, lastError: 'worker_gone' });
      t.equal(await settleDelivered(ctx.db, held, { status: 200, ms: 7 }), false);
      await dueNow('/killed');
      t.match(await told('/killed', 1), [{ headers: { 'webhook-id': webhookId } }]);
    },
  );

  await t.test('an endpoint that hangs holds ten places and delays nobody else', async (t) => {
    const held: ServerResponse[] = [];
    const hold = (response: ServerResponse) => held.push(response);
    receiver.answer('/hang', ...Array.from({ length: 60 }, () => hold));
    const ids = await Promise.all(Array.from({ length: 60 }, () => quietMessage('/hang')));
    await ctx.db.query(`UPDATE messages SET state = 'sent' WHERE id = ANY($1::uuid[])`, [ids]);
    await until(async () => held.length >= 10, { what: 'ten calls that hang' });
    const neighbour = await createPartner(ctx);
    const callbackUrl = receiver.url('/neighbour', OTHER_HOST);
    await neighbour.send({ callbackUrl });
    t.equal((await told('/neighbour', 1)).length, 1);
    t.equal(held.length, 10);
    receiver.answer('/hang');
    for (const response of held) response.end('ok');
    t.equal((await told('/hang', 60)).length, 60, 'each of them once, in the end');
  });

  async function heard(messageId: string, providerStatus: string) {
    const { rows } = await ctx.db.query<{ sid: string }>(
      'SELECT provider_sid AS sid FROM messages WHERE id = $1',
      [messageId],
    );
    return { messageId, providerSid: rows[0]?.sid ?? '', providerStatus, providerErrorCode: null };
  }
});
