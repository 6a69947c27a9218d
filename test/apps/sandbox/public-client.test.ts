import { HeroSMSClient } from 'hero-sms';
import t from 'tap';
import { startSandbox } from '../../../apps/sandbox/app.ts';

t.test('a public client of the SMS-Activate family (hero-sms 2.0.0) works unmodified', async (t) => {
  const sandbox = await startSandbox({
    port: 0,
    twilio: { accountSid: 'AC00000000000000000000000000000001', authToken: 'token' },
    smsbower: { apiKey: 'public-client-key', balance: '100' },
    earliestCancelSeconds: 0,
  });
  t.teardown(() => sandbox.close());
  const client = new HeroSMSClient({ apiKey: 'public-client-key', baseUrl: sandbox.smsbowerUrl });

  t.equal(await client.getBalance(), 100);
  t.match(await client.getPrices({ service: 'tg', country: 22 }), {
    22: { tg: { cost: Number, count: Number } },
  });

  const rented = await client.getNumberV2({ service: 'tg', country: 22 });
  t.match(rented, { activationId: /\d+/, phoneNumber: /\d+/ });
  const id = Number(rented.activationId);
  t.match(await client.getStatus(id), { status: 'STATUS_WAIT_CODE' });
  await sandbox.control.deliverCode({ activationId: id, code: '55123' });
  t.match(await client.getStatus(id), { status: 'STATUS_OK', code: '55123' });
  t.match(await client.requestResend(id), 'ACCESS_RETRY_GET');
  t.match(await client.complete(id), 'ACCESS_ACTIVATION');

  const second = await client.getNumber({ service: 'wa', country: 22 });
  t.match(await client.cancel(Number(second.activationId)), 'ACCESS_CANCEL');
  await t.rejects(client.getStatus(1), { name: 'ActivationNotFoundError' });
  await sandbox.control.changeOffers({ service: 'wa', country: 22, count: 0 });
  await t.rejects(client.getNumber({ service: 'wa', country: 22 }), { name: 'NoNumbersError' });
});
