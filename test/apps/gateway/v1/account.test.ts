import t from 'tap';
import { createApiKey } from '#libs/services';
import { insertProvider } from '#libs/store';
import { newPurchase } from '../../../helpers/rental-rows.ts';
import { startTestGateway, type TestGateway, TWILIO_ENVIRONMENT } from '../gateway.ts';
import { conformingCall } from './conforming.ts';

t.test('the wallet', async (t) => {
  const gateway = await startTestGateway(t, { PARTNER_API_KEYS: 'shop:environment-secret' });
  const call = conformingCall(gateway);
  t.match((await call({ url: '/v1/wallet' })).json(), { ok: true, balance: '10.00', available: '10.00' });
  const entries = await call({ url: '/v1/wallet/entries' });
  t.match(entries.json(), {
    data: [
      { id: '1', kind: 'credit', amount: '10.00', balance: '10.00', reason: 'test', activation_id: null },
    ],
    next_cursor: null,
  });
  for (const url of ['/v1/wallet', '/v1/wallet/entries', '/v1/activations', '/v1/activations/1']) {
    const reply = await call({ url, headers: { 'x-api-key': 'environment-secret' } });
    t.match(reply.json(), { status: 503, code: 'partner_user_not_configured' }, url);
  }
  const sender = await gateway.newPartner({ scopes: ['send'] });
  for (const url of ['/v1/wallet', '/v1/wallet/entries', '/v1/usage', '/v1/keys', '/v1/activations']) {
    const reply = await call({ url, headers: { 'x-api-key': sender.secret } });
    t.match(reply.json(), { status: 403, code: 'insufficient_scope' }, url);
  }
});

t.test('keys: own ones, without secrets', async (t) => {
  const gateway = await startTestGateway(t, { PARTNER_API_KEYS: 'shop:environment-secret' });
  const call = conformingCall(gateway);
  const input = { userId: gateway.main.userId, name: 'reports', scopes: ['read'] as const };
  const { secret } = await createApiKey({ ctx: gateway.ctx, input });
  await gateway.newPartner();
  const listed = await call({ url: '/v1/keys', headers: { 'x-api-key': secret } });
  t.match(listed.json().data, [
    {
      name: 'key',
      scopes: ['send', 'rent', 'read', 'wallet'],
      last_four: gateway.main.secret.slice(-4),
      state: 'live',
    },
    { name: 'reports', scopes: ['read'], last_four: secret.slice(-4), replaced_by: null, expires_at: null },
  ]);
  t.equal(listed.json().data.length, 2);
  t.notMatch(listed.body, /secret/);
  const environment = await call({ url: '/v1/keys', headers: { 'x-api-key': 'environment-secret' } });
  t.strictSame(environment.json().data, []);
});

t.test('a key replaces itself, once', async (t) => {
  const gateway = await startTestGateway(t);
  const call = conformingCall(gateway);
  const input = {
    userId: gateway.main.userId,
    name: 'shop',
    scopes: ['send'] as const,
    rateLimitPerSecond: 700,
  };
  const old = await createApiKey({ ctx: gateway.ctx, input });
  const other = await createApiKey({ ctx: gateway.ctx, input: { ...input, name: 'other' } });
  const rotate = (id: string, body: unknown = '', headers: Record<string, string> = {}) =>
    call({
      method: 'POST',
      url: `/v1/keys/${id}/rotate`,
      payload: body === '' ? '' : JSON.stringify(body),
      headers: { 'x-api-key': old.secret, ...headers },
    });
  t.match((await rotate(other.row.id)).json(), { status: 403, code: 'key_not_yours' });
  t.match((await rotate('000000000000')).json(), { status: 404, code: 'key_not_found' });
  for (const overlap_hours of [-1, 721, 1.5, '24']) {
    const refused = await rotate(old.row.id, { overlap_hours });
    t.match(refused.json(), { status: 400, code: 'invalid_overlap_hours', param: 'overlap_hours' });
  }
  const key = { 'idempotency-key': 'rotate-1' };
  const made = await rotate(old.row.id, { overlap_hours: 48 }, key);
  t.equal(made.statusCode, 201, made.body);
  const fresh = made.json();
  t.match(fresh, { name: 'shop', scopes: ['send'], replaces: old.row.id, last_four: fresh.secret.slice(-4) });
  const hoursLeft = (Date.parse(fresh.old_key_ends_at) - Date.now()) / 3_600_000;
  t.ok(hoursLeft > 47 && hoursLeft < 49, String(hoursLeft));
  for (const secret of [fresh.secret, old.secret]) {
    const reply = await call({ url: '/v1/messages', headers: { 'x-api-key': secret } });
    t.equal(reply.statusCode, 403, 'both are known, and may no more than before');
  }
  const again = await rotate(old.row.id, { overlap_hours: 48 }, key);
  t.strictSame([again.statusCode, again.body], [201, made.body], 'a lost reply can be asked for again');
  t.match((await rotate(old.row.id, { overlap_hours: 24 }, key)).json(), { status: 422 });
  const { rows: kept } = await gateway.ctx.db.query<{ text: string }>(
    'SELECT coalesce(reply_body, $1) AS text FROM idempotency_keys',
    [''],
  );
  for (const { text } of kept) t.notMatch(text, fresh.secret, 'no secret lies readable');
  t.match((await rotate(old.row.id)).json(), { status: 409, code: 'key_already_replaced' });
  const { rows } = await gateway.ctx.db.query(
    `SELECT action, subject FROM audit_log WHERE action = 'key.rotated'`,
  );
  t.match(rows, [{ subject: old.row.id }]);
  t.equal(rows.length, 1);
  const { rows: limits } = await gateway.ctx.db.query(
    'SELECT rate_limit_per_second AS limit, replaced_by FROM api_keys WHERE id = ANY($1) ORDER BY created_at',
    [[old.row.id, fresh.id]],
  );
  t.match(limits, [
    { limit: 700, replaced_by: fresh.id },
    { limit: 700, replaced_by: null },
  ]);
});

t.test('of many rotations at once one makes a key', async (t) => {
  const gateway = await startTestGateway(t);
  const [, , id = ''] = gateway.main.secret.split('_');
  const replies = await Promise.all(
    [1, 2, 3, 4].map(() => gateway.call({ method: 'POST', url: `/v1/keys/${id}/rotate` })),
  );
  t.strictSame(replies.map(({ statusCode }) => statusCode).sort(), [201, 409, 409, 409]);
  const { rowCount } = await gateway.ctx.db.query('SELECT 1 FROM api_keys');
  t.equal(rowCount, 2);
});

t.test('usage: counts and money of each day', async (t) => {
  const gateway = await startTestGateway(t, TWILIO_ENVIRONMENT);
  const call = conformingCall(gateway);
  const get = async (query: string) => (await call({ url: `/v1/usage?${query}` })).json();
  await makeUsage(gateway);
  t.strictSame((await get('from=2026-01-01&to=2026-01-03')).data, [
    { day: '2026-01-01', messages: { total: 0 }, activations: { total: 0 }, spent: '0.00' },
    {
      day: '2026-01-02',
      messages: { total: 2, queued: 2 },
      activations: { total: 2, received: 1, running: 1 },
      spent: '0.50',
    },
    { day: '2026-01-03', messages: { total: 0 }, activations: { total: 0 }, spent: '0.00' },
  ]);
  t.equal((await get('')).data.length, 30);
  t.equal((await get('to=2026-01-31')).data[0].day, '2026-01-02');
  t.equal((await get('from=2026-01-01')).data.at(-1).day, '2026-01-30');
  const wrong = [
    'from=2026-01-01&to=2026-02-01',
    'from=2026-01-02&to=2026-01-01',
    'from=2026-02-30',
    'to=x',
    'from=',
  ];
  for (const query of wrong) t.match(await get(query), { status: 400, code: 'invalid_period' }, query);
});

async function makeUsage(gateway: TestGateway): Promise<void> {
  const { ctx, main } = gateway;
  for (const _ of [1, 2]) await gateway.send({ to: '+15551234567', message: 'Hello' });
  await insertProvider(ctx.db, {
    ...{ kind: 'smsbower', name: 'one', apiUrl: 'http://127.0.0.1:1', credentials: Buffer.alloc(1) },
    ...{ callbackSecret: 'secret', requestsPerSecond: 0 },
  });
  await newPurchase(ctx.db, main.userId);
  const { held } = await newPurchase(ctx.db, main.userId);
  for (const state of ['active', 'received']) {
    await ctx.db.query('UPDATE activations SET state = $2 WHERE id = $1', [held.id, state]);
  }
  await ctx.db.query(`UPDATE messages SET created_at = '2026-01-02T23:59:59.999Z'`);
  await ctx.db.query(`UPDATE activations SET created_at = '2026-01-02T00:00:00Z'`);
}
