import assert from 'node:assert/strict';
import t from 'tap';
import { measureDelivery } from '#libs/services';
import { startSystem } from '../../../helpers/system.ts';
import { until } from '../../../helpers/until.ts';
import { gatewayOfSystem, startTestGateway } from '../gateway.ts';
import { conformingCall } from './conforming.ts';

const TG = { service: 'tg', country: 22 };

t.test('input, and what is not configured', async (t) => {
  const gateway = await startTestGateway(t);
  const call = conformingCall(gateway);
  const post = (url: string, body: unknown) => call({ method: 'POST', url, payload: JSON.stringify(body) });
  const rents: Record<string, unknown> = {
    service: 'a b',
    country: -1,
    api_id: 0,
    quote_id: 5,
    max_price: '0',
    client_ref: '',
    callback_url: 'http://a.example',
  };
  for (const [param, value] of Object.entries(rents)) {
    const reply = await post('/v1/activations', { ...TG, [param]: value });
    t.match(reply.json(), { status: 400, code: `invalid_${param}`, param }, param);
  }
  for (const quote_id of ['', 'x', 'tg.22.1.300000.1895994045000.vV0c6yfQb1lqzq8sV0m7yqk2hX4nT9aB']) {
    t.match((await post('/v1/activations', { ...TG, quote_id })).json(), { code: 'invalid_quote_id' });
  }
  for (const command of ['cancel', 'resend', 'finish']) {
    t.match((await post(`/v1/activations/x/${command}`, {})).json(), { code: 'invalid_id', param: 'id' });
    t.match((await post(`/v1/activations/7/${command}`, {})).json(), { code: 'activation_not_found' });
  }
  const lists = { status: 'gone', service: 'a b', country: 'x', client_ref: '', limit: '0', cursor: 'x' };
  for (const [param, value] of Object.entries(lists)) {
    const reply = await call({ url: `/v1/activations?${param}=${encodeURIComponent(value)}` });
    t.match(reply.json(), { status: 400, code: `invalid_${param}`, param }, param);
  }
  t.match((await call({ url: '/v1/activations/statuses?ids=1,x' })).json(), { code: 'invalid_ids' });
  t.match((await call({ url: '/v1/activations/statuses' })).json(), { code: 'invalid_ids', param: 'ids' });
  t.match((await call({ url: '/v1/activations/7' })).json(), { status: 404, code: 'activation_not_found' });
  for (const url of ['/v1/countries', '/v1/services', '/v1/prices']) {
    t.match((await call({ url })).json(), { status: 503, code: 'virtual_numbers_not_configured' }, url);
  }
  for (const url of ['/v1/activations', '/v1/quotes']) {
    t.match((await post(url, TG)).json(), { code: 'virtual_numbers_not_configured', retryable: false }, url);
  }
});

t.test('with a provider', async (t) => {
  const system = await startSystem(t);
  const gateway = await gatewayOfSystem(t, system);
  const call = conformingCall(gateway);
  const { db } = gateway.ctx;
  const { control } = system.sandbox;
  const get = (url: string, headers = {}) => call({ url, headers });
  const post = (url: string, body: unknown = {}, headers = {}) =>
    call({ method: 'POST', url, payload: JSON.stringify(body), headers });
  const becomes = (url: string, status: string) =>
    until(async () => ((await get(url)).json().status === status ? get(url) : null), { what: status });
  t.afterEach(async () => assert.deepEqual(await system.brokenInvariants(), []));

  await t.test('catalogue', async (t) => {
    t.match((await get('/v1/countries')).json(), { data: [{ id: Number, name: String }], next_cursor: null });
    const services = await get('/v1/services');
    t.match(services.json(), { data: [{ code: String, name: String }] });
    const known = { 'if-none-match': String(services.headers.etag) };
    t.equal((await get('/v1/services', known)).statusCode, 304);
    const prices = await get('/v1/prices?service=tg&country=22');
    t.match(prices.json().data, [
      {
        ...TG,
        price: /^\d+\.\d\d/,
        stock: Number,
        delivery: { sample: 0, success_rate: null, p50_seconds: null, p90_seconds: null },
      },
    ]);
    t.match((await get('/v1/prices?service=nothing')).json(), { code: 'invalid_service' });
    t.match((await get('/v1/prices?api_id=99')).json(), { status: 404, code: 'api_not_found' });
  });

  await t.test('rent by quote, receive, resend, finish', async (t) => {
    const quote = (await post('/v1/quotes', TG)).json();
    t.match(quote, { ...TG, ok: true, price: /^\d/, valid_seconds: 45, stock: Number });
    const key = { 'idempotency-key': 'rent-1' };
    const body = { ...TG, quote_id: quote.id, client_ref: 'signup-77' };
    const rented = await post('/v1/activations', body, key);
    t.equal(rented.statusCode, 201, rented.body);
    t.equal(rented.json().price, quote.price);
    const { activation_id: id, phone } = rented.json();
    const url = `/v1/activations/${id}`;
    t.equal(rented.headers.location, url);
    await db.query(`UPDATE idempotency_keys SET created_at = now() - interval '1 hour'`);
    const again = await post('/v1/activations', body, key);
    t.strictSame([again.statusCode, again.body, again.headers.location], [201, rented.body, url]);
    t.match((await post('/v1/activations', TG, key)).json(), { status: 422, code: 'idempotency_mismatch' });

    const waiting = await get(url);
    t.match(waiting.json(), { status: 'waiting', phone, client_ref: 'signup-77' });
    t.equal((await get(url, { 'if-none-match': String(waiting.headers.etag) })).statusCode, 304);
    for (const command of ['resend', 'finish']) {
      t.match((await post(`${url}/${command}`)).json(), { code: 'code_not_received', retryable: true });
    }
    await control.deliverCode({ phone, code: '482913' });
    t.equal((await becomes(url, 'received')).json().otp, '482913');
    t.match((await post(`${url}/cancel`)).json(), {
      status: 409,
      code: 'code_already_received',
      otp: '482913',
    });
    t.equal((await post(`${url}/resend`)).statusCode, 200);
    await control.deliverCode({ phone, code: '1111' });
    t.equal((await becomes(url, 'received')).json().otp, '1111');
    const finish = { 'idempotency-key': 'finish-1' };
    const finished = await post(`${url}/finish`, {}, finish);
    t.equal(finished.statusCode, 200, finished.body);
    t.equal((await post(`${url}/finish`, {}, finish)).body, finished.body);
    t.match((await post(`${url}/finish`)).json(), { status: 409, code: 'already_finished' });
    t.match((await post(`${url}/resend`)).json(), { status: 409, code: 'already_finished' });
  });

  await t.test('with wait the reply comes with the change', async (t) => {
    const { activation_id: id, phone } = (await post('/v1/activations', TG)).json();
    const url = `/v1/activations/${id}`;
    t.equal((await get(`${url}?wait=1`)).json().status, 'waiting', 'nothing happened');
    const waits = [get(`${url}?wait=25`), get(`${url}?wait=25`)];
    const first = await Promise.race([
      ...waits.map((wait) => wait.then(() => 'waited')),
      get(url).then(() => 'at once'),
    ]);
    t.equal(first, 'at once', 'without wait it does not wait');
    await control.deliverCode({ phone, code: '482913' });
    for (const waited of await Promise.all(waits))
      t.match(waited.json(), { status: 'received', otp: '482913' });
    t.equal((await get(`${url}?wait=25`)).json().status, 'received', 'nothing to wait for');
    for (const wait of ['26', '-1', 'x']) {
      t.match((await get(`${url}?wait=${wait}`)).json(), {
        status: 400,
        code: 'invalid_wait',
        param: 'wait',
      });
    }
  });

  await t.test('an expired quote is named, and a repeat of what it paid for is answered', async (t) => {
    const { id: quote_id } = (await post('/v1/quotes', TG)).json();
    const key = { 'idempotency-key': 'once' };
    const first = await post('/v1/activations', { ...TG, quote_id }, key);
    t.equal(first.statusCode, 201, first.body);
    const { query } = db;
    // The database's clock is a minute further.
    db.query = (sql, values) =>
      query(sql.replace('clock_timestamp()', "clock_timestamp() + interval '1 minute'"), values);
    t.teardown(() => {
      db.query = query;
    });
    const late = await post('/v1/activations', { ...TG, quote_id }, { 'idempotency-key': 'twice' });
    t.match(late.json(), { status: 409, code: 'quote_expired', param: 'quote_id' });
    t.equal((await post('/v1/activations', { ...TG, quote_id }, key)).body, first.body);
  });

  await t.test('quotes that do not hold', async (t) => {
    const { id: quote_id, price } = (await post('/v1/quotes', TG)).json();
    const rent = (changes: object, headers = {}) =>
      post('/v1/activations', { ...TG, quote_id, ...changes }, headers);
    const refused = { status: 400, code: 'invalid_quote_id', param: 'quote_id' };
    t.match((await rent({ country: 6 })).json(), refused, 'of another country');
    t.match((await rent({ quote_id: quote_id.replace(/^tg/, 'wa') })).json(), refused, 'changed');
    const other = await gateway.newPartner();
    t.match((await rent({}, { 'x-api-key': other.secret })).json(), refused, 'of another partner');
    await db.query(`UPDATE provider_mirror SET payload = jsonb_set(payload, '{value}', (
      SELECT jsonb_agg(offer || '{"costMicros": "900000000"}') FROM jsonb_array_elements(payload->'value') AS offer))
      WHERE kind = 'prices' AND scope LIKE 'service=tg%'`);
    const dearer = await rent({});
    t.match(dearer.json(), { status: 409, code: 'price_changed', current_price: /^900\./ });
    await db.query(`DELETE FROM provider_mirror WHERE kind = 'prices'`);
    t.not(price, '900.00');
    t.match((await post('/v1/quotes', { ...TG, service: 'nothing' })).json(), { code: 'invalid_service' });
    t.match((await post('/v1/quotes', { ...TG, api_id: 99 })).json(), { code: 'api_not_found' });
    const renter = await gateway.newPartner({ scopes: ['rent'] });
    t.equal((await post('/v1/quotes', TG, { 'x-api-key': renter.secret })).statusCode, 403);
  });

  await t.test('refusals keep what they tell', async (t) => {
    const poor = await gateway.newPartner({ funds: 10_000n });
    const unpaid = await post('/v1/activations', TG, { 'x-api-key': poor.secret });
    t.match(unpaid.json(), { status: 402, code: 'insufficient_funds', available: '0.01', required: /^\d/ });
    t.match((await post('/v1/activations', { ...TG, max_price: '0.01' })).json(), { code: 'price_changed' });
    t.match((await post('/v1/activations', { ...TG, api_id: 99 })).json(), { code: 'api_not_found' });
    const reader = await gateway.newPartner({ scopes: ['read'] });
    t.equal((await post('/v1/activations', TG, { 'x-api-key': reader.secret })).statusCode, 403);
  });

  await t.test('cancel, lists and figures', async (t) => {
    const { activation_id: id } = (await post('/v1/activations', { ...TG, client_ref: 'two' })).json();
    const asked = await post(`/v1/activations/${id}/cancel`);
    t.ok([200, 202].includes(asked.statusCode), asked.body);
    const ids = async (query: string) =>
      (await get(`/v1/activations?${query}`))
        .json()
        .data.map((entry: { activation_id: string }) => entry.activation_id);
    t.strictSame(await ids('client_ref=two'), [id]);
    t.strictSame(await ids('client_ref=two&service=wa'), []);
    t.strictSame(await ids('country=6'), []);
    t.strictSame(await ids('created_before=2020-01-01T00:00:00Z'), []);
    const received = await ids('status=received');
    t.ok(received.length >= 1);
    const paged = (await get('/v1/activations?limit=1')).json();
    t.strictSame(paged.data[0].activation_id, id);
    t.notOk((await ids(`cursor=${paged.next_cursor}`)).includes(id));
    const many = (await get(`/v1/activations/statuses?ids=${id},2000000000`)).json().data;
    t.match(many, [{ activation_id: id }, { ok: false, error: 'activation_not_found' }]);

    await db.query('UPDATE measurements SET measured_at = NULL');
    t.equal(await measureDelivery(gateway.ctx), true);
    t.equal(await measureDelivery(gateway.ctx), false, 'not again so soon');
    const [price] = (await get('/v1/prices?service=tg&country=22')).json().data;
    t.ok(
      price.delivery.sample >= 1 && price.delivery.success_rate > 0 && price.delivery.p50_seconds !== null,
    );
  });

  await t.test('a rental whose outcome is unknown is 202, with its address', async (t) => {
    await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true });
    const reply = await post('/v1/activations', { ...TG, service: 'wa' });
    t.equal(reply.statusCode, 202, reply.body);
    t.equal(reply.headers.location, `/v1/activations/${reply.json().activation_id}`);
  });
});
