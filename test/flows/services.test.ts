import t from 'tap';
import { parseMicros } from '#libs/domain';
import {
  cancelActivation,
  type Partner,
  readStatus,
  readWallet,
  rentNumber,
  SCOPES,
  sendMessage,
} from '#libs/services';
import { createUser, findMessage, moveMoney } from '#libs/store';
import { LIVE } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';

t.test('a message and a rental from acceptance to their ends', async (t) => {
  const system = await startSystem(t);
  const { ctx, sandbox } = system;
  const user = await createUser(ctx.db, { id: null, name: 'partner' });
  const userId = user?.id ?? 0;
  await moveMoney(ctx.db, { userId, kind: 'credit', amountMicros: parseMicros('10') ?? 0n, reason: 'test' });
  const partner: Partner = { keyId: 'k1', userId, owner: `u:${userId}`, scopes: new Set(SCOPES), ...LIVE };
  const base = { partner, requestId: 'r', idempotency: null };

  await t.test('send', async (t) => {
    const input = {
      ...base,
      to: '+15551234567',
      message: 'Hello',
      reference: null,
      callbackUrl: null,
      validitySeconds: null,
      sendAt: null,
      waitSeconds: 5,
    };
    const reply = await sendMessage({ ctx, input });
    t.equal(reply.status, 200, reply.body);
    const { id } = JSON.parse(reply.body);
    const row = await findMessage(ctx.db, { id, owner: partner.owner });
    t.equal(row?.state, 'sent');
    t.equal((await sandbox.control.messages()).length, 1);
  });

  await t.test('rent, code', async (t) => {
    const input = {
      ...base,
      service: 'tg',
      country: 22,
      apiId: null,
      maxPriceMicros: null,
      clientRef: null,
      callbackUrl: null,
    };
    const reply = await rentNumber({ ctx, input });
    t.equal(reply.status, 200, reply.body);
    const id = Number(JSON.parse(reply.body).activation_id);
    t.match(JSON.parse(await readStatus({ ctx, input: { partner, id } })), { status: 'waiting' });
    const phone = JSON.parse(reply.body).phone;
    await sandbox.control.deliverCode({ phone: phone.slice(1), code: '123456' });
    const status = await until(async () => {
      const body = JSON.parse(await readStatus({ ctx, input: { partner, id } }));
      return body.status === 'received' ? body : null;
    });
    t.match(status, { otp: '123456', settlement: 'captured' });
    await t.rejects(cancelActivation({ ctx, input: { partner, id } }), { code: 'code_already_received' });
    t.match(await readWallet({ ctx, input: { partner } }), { held: '0.00' });
  });

  t.strictSame(await system.brokenInvariants(), []);
});
