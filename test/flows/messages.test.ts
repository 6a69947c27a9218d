import assert from 'node:assert/strict';
import t from 'tap';
import { getMessage } from '#libs/services';
import { createPartner } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';

t.test('messages', async (t) => {
  const system = await startSystem(t, { env: { UNKNOWN_SEND_WINDOW_SECONDS: '2' } });
  const { ctx, sandbox } = system;
  const { control } = sandbox;
  const { send, partner } = await createPartner(ctx);
  const becomes = (id: string, ...wanted: string[]) =>
    until(
      async () => {
        const message = await getMessage({ ctx, input: { partner, id } });
        return wanted.includes(String(message.status)) ? message : null;
      },
      { what: `message ${wanted}` },
    );
  const sentTo = async (to: string) =>
    (await control.messages()).filter((message) => message.to === to).length;
  t.afterEach(async () => {
    await control.clearFaults();
    await ctx.db.query('DELETE FROM provider_health');
    assert.deepEqual(await system.brokenInvariants(), []);
  });

  await t.test('accepted at once, sent soon', async (t) => {
    const reply = await send({ to: '+15551230001' });
    t.match(reply.json, { ok: true, status: 'queued', segments: 1, encoding: 'gsm7' });
    await becomes(reply.json.id, 'sent');
    t.equal(await sentTo('+15551230001'), 1);
  });

  await t.test('a refusal is final, with the provider’s words; a waiting caller gets 502', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'refused', errorCode: 21610, action: 'create' });
    const reply = await send({ to: '+15551230002', waitSeconds: 5 });
    t.equal(reply.status, 502, reply.body);
    t.match(reply.json, { error: 'provider_error', message: /.+/ });
    t.match(await becomes(reply.json.id, 'failed'), { error: 'recipient_opted_out', error_code: '21610' });
  });

  await t.test(
    'the account is refused: new sends get 502, accepted ones wait and go out later',
    async (t) => {
      await control.addFault({ provider: 'twilio', kind: 'unauthenticated', action: 'create' });
      const kept = await send({ to: '+15551230003' });
      await until(
        async () =>
          (await ctx.db.query('SELECT 1 FROM provider_health WHERE refuses_until > now()')).rowCount,
      );
      await t.rejects(send({ to: '+15551230004' }), { code: 'provider_error' });
      t.match(await getMessage({ ctx, input: { partner, id: kept.json.id } }), { status: 'queued' });
      await ctx.db.query('DELETE FROM provider_health');
      for (const queue of ctx.jobs.queues()) await queue.obliterate({ force: true });
      await ctx.db.query(
        `UPDATE messages SET next_attempt_at = now() - interval '2 seconds', nudged_at = NULL WHERE state = 'ready'`,
      );
      await becomes(kept.json.id, 'sent');
      t.equal(await sentTo('+15551230003'), 1);
    },
  );

  await t.test(
    'a caller who waits for a refused account is told, and that message never goes out',
    async (t) => {
      await control.addFault({ provider: 'twilio', kind: 'suspended', action: 'create' });
      const reply = await send({ to: '+15551230005', waitSeconds: 5 });
      t.equal(reply.status, 502, reply.body);
      t.match(await getMessage({ ctx, input: { partner, id: reply.json.id } }), { status: 'failed' });
    },
  );

  await t.test('too many requests: sent again later, once, and the breaker stays closed', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'throttled', action: 'create', times: 2 });
    const reply = await send({ to: '+15551230006' });
    await becomes(reply.json.id, 'sent');
    t.equal(await sentTo('+15551230006'), 1);
    t.equal((await ctx.db.query('SELECT 1 FROM provider_health WHERE refuses_until > now()')).rowCount, 0);
  });

  await t.test('unknown outcome, but it was sent: found in the list, not sent again', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'reset', action: 'create', commit: true });
    const reply = await send({ to: '+15551230007' });
    await becomes(reply.json.id, 'sent', 'delivered');
    t.equal(await sentTo('+15551230007'), 1);
  });

  await t.test('unknown outcome, found in the list as failed: told with its reason', async (t) => {
    const to = '+15551230014';
    await control.addFault({ provider: 'twilio', kind: 'callback-none', to });
    await control.addFault({
      ...{ provider: 'twilio', kind: 'final-status', to, status: 'undelivered', errorCode: 30_003 },
    });
    await control.addFault({ provider: 'twilio', kind: 'reset', action: 'create', commit: true, to });
    // The list stays unreadable until the provider is done with the message.
    await control.addFault({ provider: 'twilio', kind: 'error-500', action: 'list', times: 1_000 });
    const reply = await send({ to });
    await until(async () => {
      const listed = (await control.messages()).find((message) => message.to === to);
      return listed?.status === 'undelivered';
    });
    await control.clearFaults();
    t.match(await becomes(reply.json.id, 'undelivered'), {
      ...{ error: 'unreachable_recipient', error_code: '30003', error_message: /handset/ },
    });
  });

  await t.test('unknown outcome, and it was not sent: absent twice, then sent once', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'reset', action: 'create' });
    const reply = await send({ to: '+15551230008' });
    t.match(await becomes(reply.json.id, 'unknown'), { attempts: 1 });
    t.match(await becomes(reply.json.id, 'sent'), { attempts: 2 });
    t.equal(await sentTo('+15551230008'), 1);
    t.ok(((await control.calls())['twilio.list'] ?? 0) >= 2);
  });

  await t.test('unknown outcome, no longer valid: reported failed, not sent', async (t) => {
    await control.addFault({ provider: 'twilio', kind: 'error-500', action: 'create' });
    const reply = await send({ to: '+15551230009', validitySeconds: 2 });
    t.match(await becomes(reply.json.id, 'failed'), { error: 'expired' });
    t.equal(await sentTo('+15551230009'), 0);
  });

  await t.test('scheduled: not before its time', async (t) => {
    const reply = await send({ to: '+15551230010', sendAt: new Date(Date.now() + 3_600_000) });
    t.match(await getMessage({ ctx, input: { partner, id: reply.json.id } }), {
      status: 'queued',
      send_at: /Z$/,
    });
    await ctx.db.query(`UPDATE messages SET next_attempt_at = now() - interval '2 seconds' WHERE id = $1`, [
      reply.json.id,
    ]);
    for (const queue of ctx.jobs.queues()) await queue.obliterate({ force: true });
    await becomes(reply.json.id, 'sent');
  });

  await t.test('the same key sends once and repeats the bytes', async (t) => {
    const idempotency = { key: 'send-once', requestHash: Buffer.from('a') };
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => send({ to: '+15551230011', idempotency })),
    );
    t.equal(new Set(replies.map((reply) => reply.body)).size, 1);
    t.equal(replies.filter((reply) => !reply.replayed).length, 1);
    await t.rejects(
      send({ to: '+15551230012', idempotency: { key: 'send-once', requestHash: Buffer.from('b') } }),
      {
        code: 'idempotency_mismatch',
      },
    );
    await becomes(replies[0]?.json.id ?? '', 'sent');
    t.equal(await sentTo('+15551230011'), 1);
  });

  await t.test('another partner’s message is not there', async (t) => {
    const reply = await send({ to: '+15551230013' });
    const other = await createPartner(ctx);
    await t.rejects(getMessage({ ctx, input: { partner: other.partner, id: reply.json.id } }), {
      code: 'message_not_found',
    });
  });
});
