import assert from 'node:assert/strict';
import type { LightMyRequestResponse } from 'fastify';
import t from 'tap';
import { Compile } from 'typebox/compile';
import { createApiKey, SCOPES } from '#libs/services';
import { type Action, ENDPOINTS } from '../../../apps/gateway/actions/index.ts';
import { startSystem } from '../../helpers/system.ts';
import { until } from '../../helpers/until.ts';
import { gatewayOfSystem, startTestGateway, type TestGateway, TWILIO_ENVIRONMENT } from './gateway.ts';

const MESSAGE = { to: '+15551234567', message: 'Hello' };
const TG = { service: 'tg', country: 22 };

/** Every success is what the documentation says of it. */
function conforms(name: string, reply: LightMyRequestResponse): void {
  const actions = ENDPOINTS.flatMap((endpoint) => [...endpoint.actions.values()]);
  const action = actions.find((one: Action) => one.name === name);
  const documented = action?.replies.find(({ status }) => status === reply.statusCode);
  assert.ok(documented, `${name} may answer ${reply.statusCode}: ${reply.body}`);
  assert.ok(Compile(documented.schema).Check(reply.json()), `${name} ${reply.statusCode}: ${reply.body}`);
}

type TestOf = Pick<typeof import('tap').default, 'equal' | 'match'>;

function isError(t: TestOf, reply: LightMyRequestResponse, status: number, error: string): void {
  t.equal(reply.statusCode, status, reply.body);
  t.match(reply.json(), { ok: false, error, message: /./, request_id: reply.headers['x-request-id'] });
}

t.test('input that is not valid is refused by the name of its field', async (t) => {
  const { send } = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const day = 24 * 3_600_000;
  const sends: Record<string, unknown[]> = {
    invalid_to: [
      undefined,
      null,
      '',
      5,
      '15551234567',
      '+0123',
      '+1555',
      '+1555123456789012',
      ['+15551234567'],
      '+１５５５１２３４５６７',
      '+15551234567\n',
    ],
    invalid_message: [undefined, '', 5, 'x'.repeat(1_601), 'a\0b', '\ud800', {}],
    invalid_reference: ['', 'x'.repeat(256), 5, 'a\0'],
    invalid_callback_url: [
      'http://a.example',
      'nonsense',
      'https://',
      'https://user:secret@a.example',
      'https://a.example:22',
      'https://127.0.0.1:8443/x',
      'https://[::ffff:169.254.169.254]/',
      `https://a.example/${'x'.repeat(2_048)}`,
      5,
    ],
    invalid_validity_seconds: [0, 36_001, 1.5, '60'],
    invalid_send_at: [
      'tomorrow',
      '2030-01-31',
      '2030-01-31T09:00:00',
      '2026-02-31T09:00:00Z',
      new Date(Date.now() + 36 * day).toISOString(),
      5,
    ],
  };
  for (const [code, values] of Object.entries(sends)) {
    const field = code.replace('invalid_', '');
    for (const value of values) {
      const reply = await send({ ...MESSAGE, [field]: value });
      isError(t, reply, 400, code);
      t.match(reply.json().message, field);
    }
  }
  const fine = [
    { message: 'x'.repeat(1_600) },
    { reference: 'r'.repeat(255), callback_url: 'https://a.example/x', validity_seconds: 36_000 },
    { send_at: '1999-12-31T23:59:59+01:00' },
    { send_at: new Date(Date.now() + 34 * day).toISOString() },
    { reference: null, callback_url: null, validity_seconds: null, send_at: null },
  ];
  for (const changes of fine)
    t.equal((await send({ ...MESSAGE, ...changes })).statusCode, 200, JSON.stringify(changes).slice(0, 60));

  for (const key of ['', 'x'.repeat(256), 'a\u00e9']) {
    isError(t, await send(MESSAGE, { 'idempotency-key': key }), 400, 'invalid_idempotency_key');
  }
  for (const prefer of ['wait=21', 'wait=-1', 'wait=abc', 'wait', 'respond-async, wait=1.5', 'wait=100']) {
    isError(t, await send(MESSAGE, { prefer }), 400, 'invalid_prefer');
  }
  for (const prefer of ['respond-async', 'wait=0', 'WAIT="0"; x=1', 'handling=lenient, wait=0']) {
    t.equal((await send(MESSAGE, { prefer })).statusCode, 200, prefer);
  }
});

t.test('and so it is on virtual-numbers', async (t) => {
  const { get, post } = await startTestGateway(t);
  const rents: Record<string, unknown[]> = {
    invalid_service: [undefined, '', 5, 'a b', 'x'.repeat(33)],
    invalid_country: [undefined, '', -1, 1.5, 'abc', '-1', '1.0', [22], 2 ** 31],
    invalid_api_id: [0, -1, 'x', ''],
    invalid_max_price: ['', '0', 0, -1, 'cheap', '0.1234567', {}],
    invalid_client_ref: ['', 'x'.repeat(256), 5, 'a\0b', '\ud800'],
    invalid_callback_url: ['http://a.example'],
  };
  for (const [code, values] of Object.entries(rents)) {
    for (const value of values)
      isError(t, await post('rent_number', { ...TG, [code.replace('invalid_', '')]: value }), 400, code);
  }
  isError(t, await post('rent_number', { service: 'tg', country: 0 }), 503, 'virtual_numbers_not_configured');
  isError(
    t,
    await post('rent_number', { service: 'tg', country: '0' }),
    503,
    'virtual_numbers_not_configured',
  );

  const ids = ['', '0', '-1', '1.5', 'abc', '2147483648', '99999999999'];
  for (const id of ids) isError(t, await get(`action=status&id=${id}`), 400, 'invalid_id');
  for (const seconds of ['', '26', '-1', '1.5', 'long']) {
    isError(t, await get(`action=status&id=1&wait=${seconds}`), 400, 'invalid_wait');
  }
  for (const id of [...ids, 0, 1.5, null, undefined, [1]]) {
    for (const action of ['cancel', 'resend', 'finish'])
      isError(t, await post(action, { id }), 400, 'invalid_id');
  }
  for (const list of ['', '1,', '1,,2', 'a', '0', Array(101).fill('1').join()]) {
    isError(t, await get(`action=statuses&ids=${list}`), 400, 'invalid_ids');
  }
  const repeated: [string, string][] = [
    ['action=status&id=1&id=1', 'invalid_id'],
    ['action=statuses&ids=1&ids=2', 'invalid_ids'],
    ['action=prices&service=tg&service=wa', 'invalid_service'],
    ['action=prices&country=1&country=2', 'invalid_country'],
    ['action=prices&country=', 'invalid_country'],
    ['action=balance&api_id=1&api_id=1', 'invalid_api_id'],
    ['action=wallet&colour=1&colour=2', 'invalid_request'],
    ['action=wallet&action=wallet', 'invalid_action'],
    ['', 'invalid_action'],
  ];
  for (const [query, code] of repeated) isError(t, await get(query), 400, code);

  isError(t, await post('cancel', '[]'), 400, 'invalid_json');
});

t.test('what is not configured', async (t) => {
  const gateway = await startTestGateway(t, { PARTNER_API_KEYS: 'shop:environment-secret' });
  const headers = { 'x-api-key': 'environment-secret' };
  isError(t, await gateway.send(MESSAGE), 501, 'outbound_sms_not_configured');
  for (const action of ['balance', 'countries', 'services', 'prices']) {
    isError(t, await gateway.get(`action=${action}`), 503, 'virtual_numbers_not_configured');
  }
  for (const query of ['action=wallet', 'action=status&id=1', 'action=statuses&ids=1']) {
    const reply = await gateway.call({ url: `/api/virtual-numbers.php?${query}`, headers });
    isError(t, reply, 503, 'partner_user_not_configured');
  }
  for (const action of ['rent_number', 'cancel', 'resend', 'finish']) {
    const reply = await gateway.post(action, { ...TG, id: 1 }, headers);
    isError(t, reply, 503, 'partner_user_not_configured');
    t.match(reply.headers, { 'retry-after': /^\d+$/ });
  }
});

t.test('with providers', async (t) => {
  const system = await startSystem(t);
  const gateway = await gatewayOfSystem(t, system);
  const { ctx, call, get, post, send } = gateway;
  const { control } = system.sandbox;
  t.afterEach(async () => {
    await control.clearFaults();
    await ctx.db.query('DELETE FROM provider_health');
    assert.deepEqual(await system.brokenInvariants(), []);
  });
  const rent = async (changes = {}, headers = {}) => post('rent_number', { ...TG, ...changes }, headers);
  const becomes = (id: string, wanted: string) =>
    until(
      async () => {
        const reply = await get(`action=status&id=${id}`);
        return reply.json().status === wanted ? reply : null;
      },
      { what: `status ${wanted}` },
    );

  await t.test('sms-send and get-message', async (t) => {
    const queued = await send(MESSAGE);
    conforms('sms-send', queued);
    t.match(queued.json(), { ok: true, status: 'queued', segments: 1, encoding: 'gsm7' });
    const waited = await send({ ...MESSAGE, message: 'Grüße 👋' }, { prefer: 'wait=10' });
    conforms('sms-send', waited);
    t.match(waited.json(), { status: /^(sent|delivered)$/, encoding: 'ucs2' });
    const message = await call({ url: `/v1/messages/${waited.json().id}` });
    conforms('get-message', message);
    t.match(message.json(), { ok: true, id: waited.json().id, error: null });

    await control.addFault({ provider: 'twilio', kind: 'refused', errorCode: 21610, action: 'create' });
    const refused = await send({ ...MESSAGE, to: '+15551230002' }, { prefer: 'wait=10' });
    isError(t, refused, 502, 'provider_error');
    const failed = await call({ url: `/v1/messages/${refused.json().id}` });
    t.match(failed.json(), { status: 'failed', error: 'recipient_opted_out', error_code: '21610' });

    await control.addFault({ provider: 'twilio', kind: 'suspended', action: 'create' });
    await send({ ...MESSAGE, to: '+15551230003' });
    await until(
      async () => (await ctx.db.query('SELECT 1 FROM provider_health WHERE refuses_until > now()')).rowCount,
    );
    const known = await send({ ...MESSAGE, to: '+15551230004' });
    t.match(known.headers, { 'retry-after': /^\d+$/ });
    isError(t, known, 502, 'provider_error');
  });

  await t.test('a message of another partner does not exist', async (t) => {
    const { id } = (await send(MESSAGE)).json();
    const other = await gateway.newPartner();
    const ask = (url: string) =>
      call({ url, headers: { 'x-api-key': other.secret, 'x-request-id': 'same' } });
    const [foreign, random, nonsense] = [
      await ask(`/v1/messages/${id}`),
      await ask('/v1/messages/00000000-0000-4000-8000-000000000000'),
      await ask('/v1/messages/nonsense'),
    ];
    isError(t, foreign, 404, 'message_not_found');
    t.equal(foreign.body, random.body);
    t.equal(foreign.body, nonsense.body);
  });

  await t.test('Idempotency-Key on sms-send', async (t) => {
    const headers = { 'idempotency-key': 'send-1' };
    const first = await send(MESSAGE, headers);
    t.notOk(first.headers['idempotent-replayed']);
    const again = await send('{ "message": "Hello", "to": "+15551234567" }', headers);
    t.equal(again.body, first.body, 'the order of the fields does not matter');
    t.equal(again.statusCode, 200);
    t.equal(again.headers['idempotent-replayed'], 'true');
    isError(t, await send({ ...MESSAGE, message: 'Other' }, headers), 422, 'idempotency_mismatch');
    isError(t, await send({ ...MESSAGE, to: 'x' }, headers), 400, 'invalid_to');
    await ctx.db.query(
      `UPDATE idempotency_keys SET reply_status = NULL, reply_body = NULL, message_id = gen_random_uuid()`,
    );
    const running = await send(MESSAGE, headers);
    isError(t, running, 409, 'idempotency_in_flight');
    t.match(running.headers, { 'retry-after': '1' });
    await ctx.db.query('DELETE FROM idempotency_keys');
    const other = await gateway.newPartner();
    const theirs = await send(MESSAGE, { ...headers, 'x-api-key': other.secret });
    t.not(theirs.json().id, first.json().id, 'a key is per partner');
  });

  await t.test('balance, wallet, countries, services, prices', async (t) => {
    for (const [name, query] of Object.entries({
      balance: 'action=balance',
      wallet: 'action=wallet',
      countries: 'action=countries&api_id=1',
      services: 'action=services',
      prices: 'action=prices&service=tg&country=22',
    })) {
      const reply = await get(query);
      t.equal(reply.statusCode, 200, reply.body);
      conforms(name, reply);
    }
    t.match((await get('action=prices&service=tg&country=22')).json(), {
      prices: [{ service: 'tg', country: 22, price: /^\d+\.\d{2,6}$/, count: Number }],
      upstream_action: 'getPricesV3',
    });
    t.match((await get('action=countries')).json().countries, [{ id: Number, name: String }]);
    for (const action of ['balance', 'countries', 'services', 'prices']) {
      isError(t, await get(`action=${action}&api_id=99`), 404, 'api_not_found');
    }
    isError(t, await get('action=prices&service=nothing'), 400, 'invalid_service');
    isError(t, await get('action=prices&service=tg&country=998877'), 400, 'invalid_country');
    await control.addFault({ provider: 'smsbower', kind: 'error-500', action: 'getPricesV3', times: null });
    const down = await get('action=prices&service=wa&country=6');
    isError(t, down, 503, 'provider_unavailable');
    t.match(down.headers, { 'retry-after': /^\d+$/ });
  });

  await t.test('rent_number: a number, a code, and the same key again', async (t) => {
    const headers = { 'idempotency-key': 'rent-1' };
    const first = await rent({ client_ref: 'signup-77', max_price: '50' }, headers);
    conforms('rent_number', first);
    t.match(first.json(), {
      ok: true,
      activation_id: /^\d+$/,
      phone: /^\+\d+$/,
      price: /^\d+\.\d\d/,
      client_ref: 'signup-77',
    });
    const again = await rent({ max_price: '50', client_ref: 'signup-77' }, headers);
    t.equal(again.body, first.body);
    t.equal(again.headers['idempotent-replayed'], 'true');
    isError(t, await rent({ country: 6 }, headers), 422, 'idempotency_mismatch');

    const { activation_id: id, phone } = first.json();
    const waiting = await get(`action=status&id=${id}`);
    conforms('status', waiting);
    t.match(waiting.json(), { status: 'waiting', phone, settlement: 'held' });
    isError(t, await post('resend', { id }), 409, 'code_not_received');
    isError(t, await post('finish', { id }), 409, 'code_not_received');
    await control.deliverCode({ phone, code: '482913' });
    const received = await becomes(id, 'received');
    conforms('status', received);
    t.match(received.json(), { otp: '482913', messages: [{ code: '482913' }], settlement: 'captured' });

    const late = await post('cancel', { id });
    isError(t, late, 409, 'code_already_received');
    t.equal(late.json().otp, '482913');
    const resent = await post('resend', { id: Number(id) });
    t.equal(resent.statusCode, 200, resent.body);
    conforms('resend', resent);
    t.equal((await get(`action=status&id=${id}`)).json().status, 'waiting');
    await control.deliverCode({ phone, code: '1111' });
    t.equal((await becomes(id, 'received')).json().otp, '1111');

    const key = { 'idempotency-key': 'finish-1' };
    const finished = await post('finish', { id }, key);
    t.equal(finished.statusCode, 200, finished.body);
    conforms('finish', finished);
    const repeated = await post('finish', { id }, key);
    t.equal(repeated.body, finished.body);
    t.equal(repeated.headers['idempotent-replayed'], 'true');
    isError(t, await post('finish', { id: '999999' }, key), 422, 'idempotency_mismatch');
    isError(t, await post('finish', { id }), 409, 'already_finished');
    isError(t, await post('resend', { id }), 409, 'already_finished');
  });

  await t.test('rent_number: refusals', async (t) => {
    const poor = await gateway.newPartner({ funds: 10_000n });
    const unpaid = await rent({}, { 'x-api-key': poor.secret });
    isError(t, unpaid, 402, 'insufficient_funds');
    t.match(unpaid.json(), { required: /^\d+\.\d\d/, available: '0.01' });
    isError(t, await rent({ api_id: 99 }), 404, 'api_not_found');
    isError(t, await rent({ service: 'nothing' }), 400, 'invalid_service');
    isError(t, await rent({ country: 998877 }), 400, 'invalid_country');
    const dear = await rent({ max_price: 0.000001 });
    isError(t, dear, 409, 'price_changed');
    t.match(dear.json(), { current_price: /^\d+\.\d\d/ });
    await control.addFault({ provider: 'smsbower', kind: 'no-numbers', action: 'getNumberV2' });
    await control.changeOffers({ service: 'go', country: 22, count: 0 });
    isError(t, await rent({ service: 'go' }), 409, 'out_of_stock');
    await control.clearFaults();
    await control.addFault({ provider: 'smsbower', kind: 'bad-key', action: 'getNumberV2' });
    isError(t, await rent(), 502, 'provider_error');
    t.match((await get('action=wallet')).json(), { held: '0.00' }, 'nothing is held for what was refused');
  });

  await t.test('rent_number: an outcome that nobody knows is 202, and status says pending', async (t) => {
    await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true });
    const partner = await gateway.newPartner();
    const headers = { 'x-api-key': partner.secret, 'idempotency-key': 'lost' };
    const lost = await rent({}, headers);
    t.equal(lost.statusCode, 202, lost.body);
    conforms('rent_number', lost);
    const again = await rent({}, headers);
    t.equal(again.body, lost.body);
    const id = lost.json().activation_id;
    const status = await get(`action=status&id=${id}`, partner);
    conforms('status', status);
    t.match(status.json(), { status: 'waiting', phone: null, pending: true });
    const cancel = await post('cancel', { id }, { 'x-api-key': partner.secret });
    t.equal(cancel.statusCode, 202, cancel.body);
    conforms('cancel', cancel);
    t.match(cancel.json(), { cancel_requested: true, earliest_cancel_at: null });
  });

  await t.test('cancel', async (t) => {
    const { activation_id: id } = (await rent()).json();
    const early = await post('cancel', { id });
    t.equal(early.statusCode, 202, early.body);
    conforms('cancel', early);
    t.equal((await post('cancel', { id })).statusCode, 202, 'again 202 when repeated');
    await control.changeSettings({ earliestCancelSeconds: 0 });
    const { activation_id: second } = (await rent()).json();
    const key = { 'idempotency-key': 'cancel-1' };
    const cancelled = await post('cancel', { id: second }, key);
    t.equal(cancelled.statusCode, 200, cancelled.body);
    conforms('cancel', cancelled);
    const repeated = await post('cancel', { id: second }, key);
    t.equal(repeated.body, cancelled.body);
    t.equal(repeated.statusCode, 200);
    t.equal(repeated.headers['idempotent-replayed'], 'true');
    isError(t, await post('cancel', { id: second }), 409, 'already_cancelled');
    isError(t, await post('resend', { id: second }), 409, 'already_cancelled');
    const status = await get(`action=status&id=${second}`);
    conforms('status', status);
    t.match(status.json(), { status: 'cancelled', reason: 'requested', settlement: 'released' });

    const unfinished = { 'idempotency-key': 'cancel-2' };
    isError(t, await post('cancel', { id: second }, unfinished), 409, 'already_cancelled');
    isError(t, await post('cancel', { id: 424242 }, unfinished), 404, 'activation_not_found');
    await until(
      async () =>
        (await ctx.db.query(`SELECT 1 FROM idempotency_keys WHERE key = 'cancel-2'`)).rowCount === 0,
    );
    await ctx.db.query(
      `UPDATE idempotency_keys SET reply_status = NULL, reply_body = NULL WHERE key = 'cancel-1'`,
    );
    isError(t, await post('cancel', { id: second }, key), 409, 'idempotency_in_flight');
    await ctx.db.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '31 seconds' WHERE key = 'cancel-1'`,
    );
    isError(t, await post('cancel', { id: second }, key), 409, 'already_cancelled');
  });

  await t.test('a rental of another partner does not exist', async (t) => {
    const { activation_id: id } = (await rent()).json();
    const other = await gateway.newPartner();
    const headers = { 'x-api-key': other.secret, 'x-request-id': 'same' };
    const ask = (of: string) => call({ url: `/api/virtual-numbers.php?action=status&id=${of}`, headers });
    await get(`action=status&id=${id}`);
    const [foreign, random] = [await ask(id), await ask('777777')];
    isError(t, foreign, 404, 'activation_not_found');
    t.equal(foreign.body, random.body);
    for (const action of ['cancel', 'resend', 'finish']) {
      const [theirs, nobodys] = [
        await post(action, { id }, headers),
        await post(action, { id: 777777 }, headers),
      ];
      isError(t, theirs, 404, 'activation_not_found');
      t.equal(theirs.body, nobodys.body);
    }
    const list = await call({ url: `/api/virtual-numbers.php?action=statuses&ids=${id},777777`, headers });
    conforms('statuses', list);
    t.match(list.json().statuses, [
      { ok: false, activation_id: id },
      { ok: false, activation_id: '777777' },
    ]);
    const own = await get(`action=statuses&ids=${id},777777`);
    conforms('statuses', own);
    t.match(own.json().statuses, [{ ok: true, status: 'waiting' }, { error: 'activation_not_found' }]);
  });

  await t.test('status with wait: the reply comes with the change, cached or not', async (t) => {
    const { activation_id: id, phone } = (await post('rent_number', TG)).json();
    const ask = async (seconds: number) =>
      (await get(`action=status&id=${id}&wait=${seconds}`)).json().status;
    t.equal(await ask(0), 'waiting');
    t.equal(await ask(1), 'waiting', 'nothing happened');
    const waits = [ask(25), ask(25)];
    const before = await Promise.race([...waits, get(`action=status&id=${id}`)]);
    t.type(before, 'object', 'without wait it does not wait');
    await control.deliverCode({ phone, code: '482913' });
    t.same(await Promise.all(waits), ['received', 'received']);
    t.equal(await ask(25), 'received', 'nothing to wait for');
    isError(t, await get(`action=status&id=${id}&wait=99`), 400, 'invalid_wait');
    isError(t, await get('action=status&id=2147483647&wait=25'), 404, 'activation_not_found');
  });

  await t.test('status: cached or not, the bytes are the same; unknown carries raw', async (t) => {
    const { activation_id: id } = (await rent()).json();
    const cached = await get(`action=status&id=${id}`);
    t.ok(await counted(gateway, 'hit'));
    const uncached = await startTestGateway(
      t,
      { DATABASE_URL: system.config.databaseUrl },
      { withPartner: false },
    );
    const read = await uncached.get(`action=status&id=${id}`, gateway.main);
    t.equal(read.statusCode, 200);
    t.ok(await counted(uncached, 'miss'));
    t.equal(read.body, cached.body);
    await control.addFault({ provider: 'smsbower', kind: 'html', action: 'getStatus', times: null });
    const unknown = await becomes(id, 'unknown');
    conforms('status', unknown);
    t.match(unknown.json(), { raw: /</, settlement: 'held' });
    t.ok(unknown.json().raw.length <= 200);
  });

  await t.test('a key without a user of its own acts for none', async (t) => {
    const { secret } = await createApiKey({ ctx, input: { userId: null, name: 'loose', scopes: SCOPES } });
    isError(t, await rent({}, { 'x-api-key': secret }), 503, 'partner_user_not_configured');
    t.equal((await send(MESSAGE, { 'x-api-key': secret })).statusCode, 200);
    t.equal((await get('action=countries', { userId: 0, secret })).statusCode, 200);
  });
});

async function counted(gateway: TestGateway, result: string): Promise<boolean> {
  const lines = (await gateway.metrics.registry.metrics()).split('\n');
  return lines.some((line) => line.startsWith('smsx_status_cache_total') && line.includes(`"${result}"`));
}
