import t from 'tap';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { addProvider, statusCallbackUrl } from '#libs/services';
import { findMessage, listMessageEvents } from '#libs/store';
import { startTestGateway, TWILIO_ENVIRONMENT } from './gateway.ts';

const BASE = 'https://sms.example.com/gateway';
const SID = `SM${'0'.repeat(32)}`;

t.test('status callbacks of the SMS provider', async (t) => {
  const gateway = await startTestGateway(t, { ...TWILIO_ENVIRONMENT, PUBLIC_BASE_URL: BASE });
  const { app, ctx, main } = gateway;
  const { id } = (await gateway.send({ to: '+15551234567', message: 'Hello' })).json();
  const own = statusCallbackUrl(ctx, { id, epoch: 1 }) ?? '';
  const owner = `u:${main.userId}`;
  const events = async () => (await listMessageEvents(ctx.db, id)).map((event) => event.providerStatus);
  const form = (changes: Record<string, string> = {}) => ({
    MessageSid: SID,
    MessageStatus: 'sent',
    SomethingNew: 'to be ignored',
    ...changes,
  });
  const post = (fields: Record<string, string>, url = own, signature?: string, more = '') =>
    app.inject({
      method: 'POST',
      url: url.replace(BASE, ''),
      payload: new URLSearchParams(fields).toString() + more,
      headers: {
        host: 'elsewhere.example',
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature':
          signature ?? webhooks.getExpectedTwilioSignature(TWILIO_ENVIRONMENT.TWILIO_AUTH_TOKEN, url, fields),
      },
    });

  await t.test('forged: 403, and nothing changes', async (t) => {
    const forged = [
      await post(form(), own, ''),
      await post(form(), own, 'bm90IGEgc2lnbmF0dXJl'),
      await post(form(), own, webhooks.getExpectedTwilioSignature('other-token', own, form())),
      await post(form(), own, undefined, '&MessageStatus=failed'),
      // Signed by the provider, but for another message or epoch than we gave out.
      await post(form(), own.replace('e=1', 'e=2')),
      await post(form(), own.replace(id, '00000000-0000-4000-8000-000000000000')),
      await post(form(), own.replace(/s=.*/, 's=')),
      await post(form(), `${own}&m=${id}`),
      await post(form(), `${BASE}/callbacks/twilio/status`),
    ];
    for (const reply of forged) {
      t.equal(reply.statusCode, 403, reply.body);
      t.match(reply.json(), { ok: false, error: 'forbidden' });
    }
    t.strictSame(await events(), []);
    t.equal((await findMessage(ctx.db, { id, owner }))?.state, 'ready');
  });

  await t.test('verified over the public URL, whatever the Host: 204, and only forward', async (t) => {
    for (const status of ['sent', 'sent', 'delivered', 'sent']) {
      const reply = await post(form({ MessageStatus: status }));
      t.equal(reply.statusCode, 204, reply.body);
      t.equal(reply.body, '');
    }
    t.equal((await findMessage(ctx.db, { id, owner }))?.state, 'delivered');
    t.equal((await gateway.call({ url: `/v1/messages/${id}` })).json().status, 'delivered');
  });

  await t.test('a failure brings its code', async (t) => {
    const second = (await gateway.send({ to: '+15551234568', message: 'Hello' })).json().id;
    const url = statusCallbackUrl(ctx, { id: second, epoch: 1 }) ?? '';
    const failed = { MessageSid: `SM${'1'.repeat(32)}`, MessageStatus: 'undelivered', ErrorCode: '30003' };
    t.equal((await post(failed, url)).statusCode, 204);
    const message = (await gateway.call({ url: `/v1/messages/${second}` })).json();
    t.match(message, { status: 'undelivered', error: 'unreachable_recipient', error_code: '30003' });
  });

  await t.test('signed, but not a status: 400', async (t) => {
    for (const [name, value] of [
      ['MessageStatus', ''],
      ['MessageSid', ''],
      ['MessageStatus', 'DROP TABLE'],
    ] as const) {
      t.equal((await post(form({ [name]: value }))).statusCode, 400);
    }
  });

  await t.test('not configured: 404', async (t) => {
    const bare = await startTestGateway(t, { ...TWILIO_ENVIRONMENT }, { withPartner: false });
    const reply = await bare.app.inject({ method: 'POST', url: own.replace(BASE, ''), payload: 'a=b' });
    t.equal(reply.statusCode, 404);
  });
});

t.test('pushes of the number provider', async (t) => {
  const gateway = await startTestGateway(t);
  const { app, ctx } = gateway;
  const { callbackSecret } = await addProvider({
    ctx,
    input: { kind: 'smsbower', name: 'one', apiUrl: 'https://p.example/', apiKey: 'k', requestsPerSecond: 0 },
  });
  const post = (payload: string, secret = callbackSecret) =>
    app.inject({ method: 'POST', url: `/callbacks/smsbower/${secret}`, payload });
  const kept = async () => {
    const { rows } = await ctx.db.query<{ ref: string; service: string | null; country: number | null }>(
      'SELECT provider_ref AS ref, service, country FROM provider_pushes ORDER BY id',
    );
    return rows;
  };
  const push = {
    activationId: 123456,
    service: 'go',
    text: 'Sms text',
    code: '12345',
    country: 2,
    receivedAt: '2023-01-01 12:00:00',
  };
  const accepted = [
    push,
    { ...push, activationId: '123457', country: '2', code: 12345 },
    { activationId: 123458, service: 'go', country: 0, text: 'no code in it', code: null },
    { activationId: 123459 },
    { ...push, activationId: 123460, country: 'x', service: 'a b', code: { odd: true } },
  ];
  for (const body of accepted) {
    const reply = await post(JSON.stringify(body));
    t.equal(reply.statusCode, 200, reply.body);
    t.equal(reply.body, '{"ok":true}');
  }
  t.strictSame(await kept(), [
    { ref: '123456', service: 'go', country: 2 },
    { ref: '123457', service: 'go', country: 2 },
    { ref: '123458', service: 'go', country: 0 },
    { ref: '123459', service: null, country: null },
    { ref: '123460', service: null, country: null },
  ]);
  t.equal((await post(JSON.stringify(push))).statusCode, 200, 'sent twice');
  for (const secret of ['wrong', '%00', 'a'.repeat(100)]) {
    const reply = await post(JSON.stringify(push), secret);
    t.equal(reply.statusCode, 403, secret.slice(0, 10));
    t.match(reply.json(), { ok: false, error: 'forbidden' });
  }
  for (const body of ['', '[]', 'activationId=1', '{}', '{"activationId":null}', '{"activationId":"a b"}']) {
    t.equal((await post(body)).statusCode, 400, body);
  }
  t.equal((await kept()).length, 5, 'nothing else was kept');
});
