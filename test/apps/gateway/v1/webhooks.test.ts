import { randomUUID } from 'node:crypto';
import t from 'tap';
import { createApiKey } from '#libs/services';
import { startTestGateway, type TestGateway, type TestPartner } from '../gateway.ts';

const URL = 'https://hooks.partner.test/sms';

t.test('webhook endpoints over HTTP', async (t) => {
  const gateway = await startTestGateway(t);
  const { ctx } = gateway;
  const ask = caller(gateway);
  const create = async (body: Record<string, unknown> = {}, by?: TestPartner) =>
    (await ask('POST', '/v1/webhooks', { url: URL, ...body }, by)).json();

  await t.test('made, shown, listed, deleted; its secret is shown once', async (t) => {
    const body = { url: URL, event_types: ['message.sent'], description: 'Production' };
    const made = await ask('POST', '/v1/webhooks', body);
    t.equal(made.statusCode, 201);
    const { id, secret, ...shown } = made.json();
    t.equal(made.headers.location, `/v1/webhooks/${id}`);
    t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    t.match(shown, {
      ok: true,
      ...body,
      status: 'enabled',
      failing_since: null,
      previous_secret_until: null,
    });
    const path = `/v1/webhooks/${id}`;
    t.strictSame((await ask('GET', path)).json(), { ...shown, id });
    const { data } = (await ask('GET', '/v1/webhooks')).json();
    t.strictSame(
      data,
      [{ ...shown, id, ok: undefined }].map(({ ok: _ok, ...rest }) => rest),
    );
    t.strictSame((await ask('DELETE', path)).json(), { ok: true, id, deleted: true });
    for (const method of ['GET', 'DELETE'] as const) {
      const gone = await ask(method, path);
      t.equal(gone.statusCode, 404);
      t.equal(gone.json().code, 'webhook_not_found');
    }
  });

  await t.test('what cannot be: 400 with the field, 409 beyond twenty', async (t) => {
    const bad: [Record<string, unknown>, string][] = [
      [{ url: undefined }, 'invalid_url'],
      [{ url: 'http://hooks.partner.test/' }, 'invalid_url'],
      [{ url: 'https://127.0.0.1/' }, 'invalid_url'],
      [{ url: 'https://a:b@hooks.partner.test/' }, 'invalid_url'],
      [{ event_types: [] }, 'invalid_event_types'],
      [{ event_types: ['message.read'] }, 'invalid_event_types'],
      [{ description: '' }, 'invalid_description'],
      [{ description: 'a\0b' }, 'invalid_description'],
    ];
    for (const [fields, code] of bad) {
      const reply = await ask('POST', '/v1/webhooks', { url: URL, ...fields });
      t.match(reply.json(), { status: 400, code, param: Object.keys(fields)[0] });
    }
    const partner = await gateway.newPartner();
    const made = await Promise.all(Array.from({ length: 22 }, () => create({}, partner)));
    t.equal(made.filter(({ ok }) => ok).length, 20);
    t.match(await create({}, partner), { status: 409, code: 'too_many_webhooks' });
  });

  await t.test('the same key makes one, and gives its secret again', async (t) => {
    const partner = await gateway.newPartner();
    const headers = { 'idempotency-key': randomUUID() };
    const twins = await Promise.all(
      Array.from({ length: 5 }, () => ask('POST', '/v1/webhooks', { url: URL }, partner, headers)),
    );
    t.equal(new Set(twins.map(({ body }) => body)).size, 1);
    t.equal(twins.filter((reply) => reply.headers['idempotent-replayed'] === 'true').length, 4);
    t.equal((await ask('GET', '/v1/webhooks', undefined, partner)).json().data.length, 1);
    const other = await ask('POST', '/v1/webhooks', { url: `${URL}2` }, partner, headers);
    t.match(other.json(), { status: 422, code: 'idempotency_mismatch' });
    const { rows } = await ctx.db.query<{ body: string }>('SELECT reply_body AS body FROM idempotency_keys');
    t.notMatch(rows.map(({ body }) => body).join(), /whsec_/, 'it is not kept readable');
    const rotate = `/v1/webhooks/${twins[0]?.json().id}/rotate`;
    const rotated = await Promise.all([1, 2].map(() => ask('POST', rotate, undefined, partner, headers)));
    t.equal(rotated[0]?.body, rotated[1]?.body, 'one rotation');
  });

  await t.test('a new secret, a test, enabling, deliveries and their replay', async (t) => {
    const { id, secret } = await create();
    const path = `/v1/webhooks/${id}`;
    const rotated = (await ask('POST', `${path}/rotate`, { overlap_seconds: 60 })).json();
    t.not(rotated.secret, secret);
    t.match(rotated, { ok: true, id, previous_secret_until: /Z$/ });
    t.match(
      (await ask('POST', `${path}/rotate`)).json(),
      { previous_secret_until: /Z$/ },
      'a body may be absent',
    );
    t.match((await ask('POST', `${path}/rotate`, { overlap_seconds: 604_801 })).json(), {
      status: 400,
      code: 'invalid_overlap_seconds',
    });
    const test = await ask('POST', `${path}/test`);
    t.equal(test.statusCode, 202);
    t.match(test.json(), { ok: true, event: /^evt_\d+$/ });
    const second = (await ask('POST', `${path}/test`)).json();
    const list = async (query = '') => (await ask('GET', `${path}/deliveries?${query}`)).json();
    const first = await list('limit=1');
    t.match(first, { data: [{ id: second.delivery, webhook: id, type: 'webhook.test', status: 'pending' }] });
    const next = await list(`limit=1&cursor=${first.next_cursor}`);
    t.match(next, { data: [{ id: test.json().delivery }], next_cursor: null });
    t.same((await list('status=failed')).data, []);
    for (const [query, code] of [
      ['status=lost', 'invalid_status'],
      ['cursor=nonsense', 'invalid_cursor'],
      ['limit=0', 'invalid_limit'],
    ]) {
      t.match(await list(query), { status: 400, code });
    }
    const replay = `/v1/webhook-deliveries/${second.delivery}/replay`;
    t.match((await ask('POST', replay)).json(), { status: 409, code: 'webhook_delivery_pending' });
    await ctx.db.query(
      `UPDATE webhook_deliveries SET state = 'failed', finished_at = now(), last_error = 'timeout'`,
    );
    t.match((await list('status=failed')).data, [{ error: 'timeout' }, {}]);
    t.match((await ask('POST', replay)).json(), { ok: true, id: second.delivery, status: 'pending' });
    t.match((await ask('POST', `${path}/replay`, { since: 'yesterday' })).json(), { code: 'invalid_since' });
    const all = await ask('POST', `${path}/replay`, { since: '2020-01-01T00:00:00Z' });
    t.equal(all.statusCode, 202);
    t.match(all.json(), { ok: true, count: 1, more: false });
    await ctx.db.query(`UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = 'failing'`);
    for (const verb of ['test', 'replay']) {
      t.match((await ask('POST', `${path}/${verb}`)).json(), { status: 409, code: 'webhook_disabled' });
    }
    t.match((await ask('GET', path)).json(), { status: 'disabled', disabled_reason: 'failing' });
    t.match((await ask('POST', `${path}/enable`)).json(), { ok: true, status: 'enabled', disabled_at: null });
  });

  await t.test('another partner’s are not there, and look as if they never were', async (t) => {
    const { id } = await create();
    const { delivery } = (await ask('POST', `/v1/webhooks/${id}/test`)).json();
    const stranger = await gateway.newPartner();
    const headers = { 'x-request-id': 'same' };
    const routes: ['GET' | 'POST' | 'DELETE', (it: string) => string, string][] = [
      ['GET', (it) => `/v1/webhooks/${it}`, id],
      ['DELETE', (it) => `/v1/webhooks/${it}`, id],
      ['GET', (it) => `/v1/webhooks/${it}/deliveries`, id],
      ...['rotate', 'test', 'enable', 'replay'].map((verb): ['POST', (it: string) => string, string] => [
        'POST',
        (it) => `/v1/webhooks/${it}/${verb}`,
        id,
      ]),
      ['POST', (it) => `/v1/webhook-deliveries/${it}/replay`, delivery],
    ];
    for (const [method, path, it] of routes) {
      const [theirs, random, odd] = await Promise.all(
        [it, randomUUID(), 'x'].map((one) => ask(method, path(one), undefined, stranger, headers)),
      );
      t.equal(theirs?.statusCode, 404, `${method} ${path('…')}`);
      t.equal(theirs?.body, random?.body);
      t.equal(theirs?.body, odd?.body);
    }
    t.same((await ask('GET', '/v1/webhooks', undefined, stranger)).json().data, []);
    t.equal((await ask('GET', `/v1/webhooks/${id}`)).statusCode, 200, 'and nothing has happened to it');
  });

  await t.test('403 without the scope: reading needs read, changing needs webhooks', async (t) => {
    const { id } = await create();
    const { userId } = gateway.main;
    const key = async (scopes: Parameters<typeof createApiKey>[0]['input']['scopes']) => {
      const input = { userId, name: 'limited', scopes, allowedCidrs: [] };
      return { userId, secret: (await createApiKey({ ctx, input })).secret };
    };
    const reader = await key(['read']);
    const writer = await key(['webhooks']);
    t.equal((await ask('GET', `/v1/webhooks/${id}`, undefined, reader)).statusCode, 200);
    t.equal((await ask('GET', `/v1/webhooks/${id}`, undefined, writer)).statusCode, 403);
    t.equal((await ask('POST', `/v1/webhooks/${id}/enable`, undefined, writer)).statusCode, 200);
    for (const verb of ['rotate', 'test', 'enable', 'replay']) {
      t.equal((await ask('POST', `/v1/webhooks/${id}/${verb}`, undefined, reader)).statusCode, 403, verb);
    }
    t.equal((await ask('POST', '/v1/webhooks', { url: URL }, reader)).statusCode, 403);
    t.equal((await ask('DELETE', `/v1/webhooks/${id}`, undefined, reader)).statusCode, 403);
    t.equal((await ask('PUT', '/v1/webhooks')).headers.allow, 'GET, HEAD, POST');
  });
});

function caller(gateway: TestGateway) {
  return (
    method: 'GET' | 'POST' | 'DELETE' | 'PUT',
    url: string,
    body?: Record<string, unknown>,
    by: TestPartner = gateway.main,
    headers: Record<string, string> = {},
  ) =>
    gateway.call({
      method,
      url,
      headers: { 'x-api-key': by.secret, ...headers },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
}
