import t from 'tap';
import { claimMessages, insertMessageEvent } from '#libs/store';
import { startTestGateway, type TestGateway, TWILIO_ENVIRONMENT } from '../gateway.ts';
import { conformingCall } from './conforming.ts';

const HELLO = { to: '+15551234567', message: 'Hello' };
const HOUR = 3_600_000;

type Changes = Record<string, unknown>;

function client(gateway: TestGateway) {
  const call = conformingCall(gateway);
  const post = (url: string, body: unknown = '', headers: Record<string, string> = {}) =>
    call({
      method: 'POST',
      url,
      payload: typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    });
  const send = (changes: Changes = {}, headers: Record<string, string> = {}) =>
    post('/v1/messages', { ...HELLO, ...changes }, headers);
  return { call, post, send };
}

t.test('sending', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { post, send, call } = client(gateway);

  const sent = await send({ reference: 'order-1' });
  t.equal(sent.statusCode, 201);
  t.match(sent.json(), { ok: true, status: 'queued', segments: 1, encoding: 'gsm7' });
  t.equal(sent.headers.location, `/v1/messages/${sent.json().id}`);
  const found = await call({ url: String(sent.headers.location) });
  t.match(found.json(), { status: 'queued', reference: 'order-1', timeline: [{ status: 'queued' }] });

  const before = await countMessages(gateway);
  const dry = await send({ message: 'Grüße 👋'.repeat(20), dry_run: true }, { 'idempotency-key': 'dry' });
  t.equal(dry.statusCode, 200);
  t.strictSame(dry.json(), { ok: true, dry_run: true, segments: 3, encoding: 'ucs2' });
  t.equal(await countMessages(gateway), before, 'nothing was kept');
  t.equal((await send({}, { 'idempotency-key': 'dry' })).statusCode, 201, 'nor was its key');

  const wrong: [Changes, string][] = [
    [{ to: '5' }, 'invalid_to'],
    [{ message: '' }, 'invalid_message'],
    [{ reference: '' }, 'invalid_reference'],
    [{ callback_url: 'http://a.example' }, 'invalid_callback_url'],
    [{ validity_seconds: 0 }, 'invalid_validity_seconds'],
    [{ send_at: 'now' }, 'invalid_send_at'],
    [{ dry_run: 'yes' }, 'invalid_dry_run'],
  ];
  for (const [changes, code] of wrong) {
    const [param] = Object.keys(changes);
    t.match((await send(changes)).json(), { status: 400, code, param, retryable: false }, code);
  }
  t.match((await send({}, { prefer: 'wait=99' })).json(), { code: 'invalid_prefer', param: 'Prefer' });
  t.match((await post('/v1/messages', '[]')).json(), { code: 'invalid_json' });
  t.match((await post('/v1/messages')).json(), { code: 'invalid_json' }, 'a body is needed here');
  t.equal((await post('/v1/messages', 'x'.repeat(40_000))).statusCode, 413);

  const reader = await gateway.newPartner({ scopes: ['read'] });
  for (const dry_run of [false, true]) {
    const refused = await send({ dry_run }, { 'x-api-key': reader.secret });
    t.match(refused.json(), { status: 403, code: 'insufficient_scope' });
  }
});

t.test('sending without a provider, and a provider that refuses', async (t) => {
  const without = await startTestGateway(t);
  t.match((await client(without).send()).json(), { status: 501, code: 'outbound_sms_not_configured' });
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  await gateway.ctx.db.query(
    `INSERT INTO provider_health (provider, refuses_until, message) VALUES ('twilio', now() + interval '1 hour', 'Suspended.')`,
  );
  const refused = await client(gateway).send();
  t.match(refused.json(), { status: 502, code: 'provider_error', retryable: true, detail: /Suspended\./ });
  t.match(refused.headers, { 'retry-after': /^\d+$/ });
});

t.test('the same Idempotency-Key again', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { call, post, send } = client(gateway);
  const key = { 'idempotency-key': 'order-1' };
  const first = await send({}, key);
  const again = await send({}, key);
  t.strictSame(
    [again.statusCode, again.body, again.headers.location],
    [201, first.body, first.headers.location],
  );
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.match((await send({ message: 'Other' }, key)).json(), { status: 422, code: 'idempotency_mismatch' });
  const classic = await gateway.send(HELLO, key);
  t.equal(classic.statusCode, 200);
  t.not(classic.json().id, first.json().id, 'a key is per route');

  await gateway.ctx.db.query(
    'UPDATE idempotency_keys SET reply_status = NULL, reply_body = NULL, message_id = gen_random_uuid()',
  );
  t.match((await send({}, key)).json(), { status: 409, code: 'idempotency_in_flight', retryable: true });
  t.match((await send({}, { 'idempotency-key': '' })).json(), {
    code: 'invalid_idempotency_key',
    param: 'Idempotency-Key',
  });

  const { id } = first.json();
  const canceled = await post(`/v1/messages/${id}/cancel`, '', key);
  const repeated = await post(`/v1/messages/${id}/cancel`, '{}', key);
  t.strictSame([repeated.statusCode, repeated.body], [200, canceled.body]);
  t.equal(repeated.headers['idempotent-replayed'], 'true');
  const other = await post(`/v1/messages/${classic.json().id}/cancel`, '', key);
  t.match(
    other.json(),
    { status: 422, code: 'idempotency_mismatch' },
    'the path is a part of what was asked',
  );
  t.match((await call({ url: `/v1/messages/${classic.json().id}` })).json(), { status: 'queued' });
});

t.test('canceling', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { post, send } = client(gateway);
  const cancel = (id: string, headers = {}) => post(`/v1/messages/${id}/cancel`, '', headers);
  const scheduled = (await send({ send_at: new Date(Date.now() + HOUR).toISOString() })).json();
  const queued = (await send()).json();
  for (const { id } of [scheduled, queued, queued]) {
    const reply = await cancel(id);
    t.equal(reply.statusCode, 200, reply.body);
    t.match(reply.json(), { ok: true, id, status: 'canceled', error: null });
  }
  const wanted = { id: queued.id, epoch: 1, claim: '00000000-0000-4000-8000-000000000001' };
  t.strictSame(await claimMessages(gateway.ctx.db, [wanted]), [], 'no worker takes it');

  const sending = (await send()).json();
  t.equal((await claimMessages(gateway.ctx.db, [{ ...wanted, id: sending.id }])).length, 1);
  const late = await cancel(sending.id, { 'idempotency-key': 'late' });
  t.match(late.json(), {
    status: 409,
    code: 'message_not_cancelable',
    message_status: 'sending',
    id: sending.id,
  });
  t.equal(late.headers['content-type'], 'application/problem+json; charset=utf-8');
  for (const id of ['nonsense', '00000000-0000-4000-8000-000000000000']) {
    t.match((await cancel(id)).json(), { status: 404, code: 'message_not_found' });
  }
  const reader = await gateway.newPartner({ scopes: ['read'] });
  t.equal((await cancel(queued.id, { 'x-api-key': reader.secret })).statusCode, 403);
});

t.test('the timeline tells what is known', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { call, send } = client(gateway);
  const { id } = (await send()).json();
  const statuses = async () => (await call({ url: `/v1/messages/${id}` })).json().timeline;
  await claimMessages(gateway.ctx.db, [{ id, epoch: 1, claim: '00000000-0000-4000-8000-000000000001' }]);
  t.match(await statuses(), [{ status: 'queued' }, { status: 'sending', attempt: 1 }]);
  await insertMessageEvent(gateway.ctx.db, {
    ...{ id, providerSid: 'SM1', providerStatus: 'undelivered', rank: 9, state: 'undelivered' },
    ...{ providerErrorCode: '30003', error: null, errorMessage: null },
  });
  await gateway.ctx.db.query(
    `UPDATE messages SET state = 'undelivered', provider_sid = 'SM1', call_finished_at = call_started_at WHERE id = $1`,
    [id],
  );
  t.match(await statuses(), [
    { status: 'queued' },
    { status: 'sending', attempt: 1 },
    { status: 'sent' },
    { status: 'undelivered', provider_status: 'undelivered', error_code: '30003' },
  ]);
  const expired = (await send()).json();
  await gateway.ctx.db.query(`UPDATE messages SET state = 'failed', error = 'expired' WHERE id = $1`, [
    expired.id,
  ]);
  const failed = await call({ url: `/v1/messages/${expired.id}` });
  t.match(failed.json().timeline, [{ status: 'queued' }, { status: 'failed', error: 'expired' }]);
});

t.test('the list: filters', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { call, send } = client(gateway);
  const idOf = async (changes: Changes) => (await send(changes)).json().id as string;
  const old = await idOf({ reference: 'a' });
  await gateway.ctx.db.query(
    `UPDATE messages SET created_at = '2020-01-01T12:00:00Z', state = 'failed' WHERE id = $1`,
    [old],
  );
  const second = await idOf({ reference: 'a', to: '+15551234568' });
  const third = await idOf({ reference: 'b' });
  const listed = async (query: string) => {
    const reply = await call({ url: `/v1/messages?${query}` });
    t.equal(reply.statusCode, 200, reply.body);
    return reply.json().data.map(({ id }: { id: string }) => id);
  };
  t.strictSame(await listed(''), [third, second, old]);
  t.strictSame(await listed('reference=a'), [second, old]);
  t.strictSame(await listed('to=%2B15551234568'), [second]);
  t.strictSame(await listed('status=queued'), [third, second]);
  t.strictSame(await listed('status=failed&reference=a'), [old]);
  t.strictSame(await listed('created_before=2020-01-01T12:00:00Z'), []);
  t.strictSame(
    await listed('created_after=2020-01-01T13:00:00%2B01:00&created_before=2021-01-01T00:00:00Z'),
    [old],
  );
  const wrong = {
    status: 'gone',
    created_after: 'yesterday',
    created_before: '2020-02-31T00:00:00Z',
    to: '1',
    reference: '',
    limit: '101',
  };
  for (const [param, value] of Object.entries(wrong)) {
    const reply = await call({ url: `/v1/messages?${param}=${value}` });
    t.match(reply.json(), { status: 400, code: `invalid_${param}`, param }, param);
  }
  for (const parts of ['2030-13-01T00:00:00.000000Z,00000000-0000-4000-8000-000000000000', 'x', '1,2', '']) {
    const cursor = Buffer.from(parts).toString('base64url');
    t.match((await call({ url: `/v1/messages?cursor=${cursor}` })).json(), { code: 'invalid_cursor' }, parts);
  }
  const sender = await gateway.newPartner({ scopes: ['send'] });
  t.equal((await call({ url: '/v1/messages', headers: { 'x-api-key': sender.secret } })).statusCode, 403);
});

t.test('the list: no message twice and none left out, whatever comes meanwhile', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const { call, send } = client(gateway);
  const before: string[] = [];
  for (let n = 0; n < 7; n += 1) before.push((await send()).json().id);
  // Microseconds apart, and some at the same moment: a Date could not tell them apart.
  await gateway.ctx.db.query(
    `UPDATE messages SET created_at = '2026-01-01T00:00:00.0001Z'::timestamptz + make_interval(secs => (n / 2) * 0.000001)
     FROM (SELECT id AS numbered, row_number() OVER (ORDER BY id) AS n FROM messages) AS numbers WHERE id = numbered`,
  );
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 9; pages += 1) {
    const reply = await call({ url: `/v1/messages?limit=2${cursor && `&cursor=${cursor}`}` });
    seen.push(...reply.json().data.map(({ id }: { id: string }) => id));
    cursor = reply.json().next_cursor;
    await send();
  }
  t.strictSame(seen.length, 7);
  t.strictSame([...seen].sort(), before.sort());
});

async function countMessages({ ctx }: TestGateway): Promise<number> {
  const { rows } = await ctx.db.query<{ count: number }>('SELECT count(*)::integer AS count FROM messages');
  return rows[0]?.count ?? -1;
}
