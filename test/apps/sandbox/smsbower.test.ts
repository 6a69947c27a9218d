import { parsePhoneNumberFromString } from 'libphonenumber-js';
import t, { type Test } from 'tap';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../apps/sandbox/app.ts';
import { startReceiver } from './receiver.ts';

const KEY = 'key-of-the-account';

t.test('transport: GET and HEAD, the key, unknown actions and routes', async (t) => {
  const sandbox = await start(t);
  t.equal(await ask(sandbox, 'getBalance'), 'ACCESS_BALANCE:18.739');
  const url = `${sandbox.smsbowerUrl}?api_key=${KEY}&action=getBalance`;
  t.equal((await fetch(url, { method: 'HEAD' })).status, 200);
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/odd']) {
    const post = await fetch(url, { method: 'POST', body: '{', headers: { 'content-type': type } });
    t.equal(post.status, 405);
    t.same(await post.json(), {
      status: 0,
      message:
        'The POST method is not supported for route stubs/handler_api.php. Supported methods: GET, HEAD.',
      data: [],
    });
  }
  const noKey = await fetch(`${sandbox.smsbowerUrl}?action=getBalance&api_key=wrong`);
  t.equal(noKey.status, 401);
  t.same(await noKey.json(), { status: 0, message: 'No access', data: [] });
  const lost = await fetch(`${sandbox.url}/api/balance`);
  t.equal(lost.status, 404);
  t.match(await lost.json(), { status: 0, message: 'The route api/balance could not be found.' });
  for (const action of ['getActiveActivations', 'getNumbersStatus', 'getFullSms', 'toString', '']) {
    t.equal(await ask(sandbox, action), 'BAD_ACTION', action);
  }
});

t.test('catalogue: services, countries with the empty row, operators, the ranking', async (t) => {
  const sandbox = await start(t);
  const services = await askJson(sandbox, 'getServicesList');
  t.equal(services.status, 'success');
  const codes = services.services.map(({ code }: { code: string }) => code);
  for (const code of ['tg', 'wa', 'go', 'ot']) t.ok(codes.includes(code), code);
  t.ok(codes.length >= 25);
  const countries = await askJson(sandbox, 'getCountries');
  t.match(countries['187'], { id: '187', eng: 'United States', rus: 'США' });
  t.match(countries['0'], { id: '0', eng: 'Russia' });
  t.match(countries['1001'], { id: '1001', eng: 'Japan' });
  t.match(countries[''], { id: null, eng: 'Faroe Islands' });
  t.ok(Object.keys(countries).length > 20);
  t.same(await askJson(sandbox, 'getOperators&country=187'), {
    status: 'success',
    countryOperators: { 187: [] },
  });
  t.same(await askJson(sandbox, 'getOperators&country=999'), { status: 'success', countryOperators: [] });
  const top = await ask(sandbox, 'getTopCountriesByService&service=tg');
  t.match(top, /^\{"united-states":\{"3170":\{"price":[\d.]+,"count":\d+\},"2295":/, 'order is the ranking');
  t.equal(Object.keys(JSON.parse(top)).length, 10);
  t.equal(await ask(sandbox, 'getTopCountriesByService&service=zz'), '{"error":"BAD_SERVICE"}');
});

t.test('prices: three shapes that agree, and three dialects of error', async (t) => {
  const sandbox = await start(t);
  const v1 = (await askJson(sandbox, 'getPrices&service=tg&country=187'))['187'].tg;
  const v2 = (await askJson(sandbox, 'getPricesV2&service=tg&country=187'))['187'].tg;
  const v3 = (await askJson(sandbox, 'getPricesV3&service=tg&country=187'))['187'].tg;
  const offers = Object.values(v3) as { count: number; price: number; provider_id: number }[];
  const total = offers.reduce((sum, { count }) => sum + count, 0);
  t.equal(v1.count, total);
  t.equal(
    Object.values(v2 as Record<string, number>).reduce((sum, count) => sum + count, 0),
    total,
  );
  t.ok(v1.cost > Math.min(...offers.map(({ price }) => price)), 'cost is not the cheapest offer');
  t.ok(Object.keys(v2).length < offers.length, 'equal prices share a bucket');
  for (const [key, offer] of Object.entries(v3))
    t.equal(Number(key), (offer as { provider_id: number }).provider_id);
  t.ok((await askJson(sandbox, 'getPricesV3'))[''], 'the row without id is in the tables too');
  t.equal(await ask(sandbox, 'getPrices&service=zz'), '{"error":"Bad service"}');
  t.equal(await ask(sandbox, 'getPricesV2&country=999'), '{"error":"Bad country"}');
  t.equal(await ask(sandbox, 'getPricesV3&service=zz'), 'BAD_SERVICE');
  t.equal(await ask(sandbox, 'getPricesV3&country=999'), 'BAD_COUNTRY');
  await sandbox.control.changeOffers({ service: 'tg', country: 187, count: 0 });
  t.equal(await ask(sandbox, 'getPricesV3&service=tg&country=187'), '[]');
  t.equal(await ask(sandbox, 'getNumber&service=tg&country=187'), 'NO_NUMBERS');
  await sandbox.control.changeOffers({
    service: 'tg',
    country: 187,
    providerId: 3170,
    add: 1,
    price: '0.001',
  });
  t.same(await askJson(sandbox, 'getPricesV2&service=tg&country=187'), { 187: { tg: { '0.001': 1 } } });
});

t.test('buying: filters, refusals, reserve, believable numbers', async (t) => {
  const sandbox = await start(t);
  const v3 = (await askJson(sandbox, 'getPricesV3&service=tg&country=22'))['22'].tg;
  const cheapest = v3['3237'].price;
  const bought = await askJson(
    sandbox,
    `getNumberV2&service=tg&country=22&maxPrice=${cheapest}&minPrice=${cheapest}`,
  );
  t.match(bought, {
    activationId: Number,
    phoneNumber: /^91\d{10}$/,
    activationCost: String(cheapest),
    countryCode: '22',
    canGetAnotherSms: 1,
    activationTime: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    activationOperator: String,
  });
  t.match(await sandbox.control.balance(), { balance: '18.739', reserved: String(cheapest) });
  t.equal(await ask(sandbox, 'getBalance'), `ACCESS_BALANCE:${Number((18.739 - cheapest).toFixed(6))}`);
  t.match(
    await ask(sandbox, 'getNumber&service=tg&country=0'),
    /^ACCESS_NUMBER:\d+:79\d{9}$/,
    'country 0 is Russia',
  );

  t.equal(await ask(sandbox, 'getNumberV2&service=zz&country=22'), 'WRONG_SERVICE');
  t.equal(await ask(sandbox, 'getNumber&service=tg&country=999'), 'WRONG_COUNTRY');
  t.equal(await ask(sandbox, 'getNumberV2&service=tg&country=22&maxPrice=0.0001'), 'NO_NUMBERS');
  t.equal(await ask(sandbox, 'getNumberV2&service=tg&country=22&minPrice=99'), 'NO_NUMBERS');
  t.equal(await ask(sandbox, 'getNumberV2&service=tg&country=22&providerIds=1'), 'NO_NUMBERS');
  t.equal(await ask(sandbox, 'getNumberV2&service=tg&country=22&phoneException=91'), 'NO_NUMBERS');
  const pinned = await askJson(
    sandbox,
    'getNumberV2&service=tg&country=22&providerIds=2263,3170&exceptProviderIds=3170',
  );
  t.equal(Number(pinned.activationCost), v3['2263'].price);
  const excepted = await askJson(sandbox, 'getNumberV2&service=tg&country=0&phoneException=7916,7925');
  t.match(excepted.phoneNumber, /^7903/);
  await sandbox.control.setBalance('0');
  t.equal(await ask(sandbox, 'getNumberV2&service=tg&country=22'), 'NO_BALANCE');

  await sandbox.control.setBalance('1000');
  const phones = new Set<string>();
  for (const id of Object.keys(await askJson(sandbox, 'getCountries')).filter((key) => key !== '')) {
    for (let i = 0; i < 3; i += 1) {
      const { phoneNumber } = await askJson(sandbox, `getNumberV2&service=ot&country=${id}`);
      t.ok(parsePhoneNumberFromString(`+${phoneNumber}`)?.isValid(), `country ${id}: ${phoneNumber}`);
      phones.add(phoneNumber);
    }
  }
  t.equal(phones.size, 3 * 23, 'no number twice');
});

t.test('life of a rental: transitions, money, early cancel, expiry', async (t) => {
  const sandbox = await start(t, { autoCodeSeconds: null });
  const { control } = sandbox;
  const set = (id: string, status: number) => ask(sandbox, `setStatus&id=${id}&status=${status}`);
  const state = (id: string) => ask(sandbox, `getStatus&id=${id}`);

  const first = await buy(sandbox);
  t.equal(await state(first), 'STATUS_WAIT_CODE');
  t.equal(await set(first, 8), 'EARLY_CANCEL_DENIED');
  t.equal(await set(first, 3), 'BAD_STATUS');
  t.equal(await set(first, 6), 'BAD_STATUS');
  t.equal(await set(first, 1), 'ACCESS_READY');
  t.equal((await control.deliverCode({ activationId: first, code: '00:42' })).settlement, 'captured');
  t.equal(await state(first), 'STATUS_OK:00:42');
  t.equal(await set(first, 8), 'BAD_STATUS', 'no cancel after a code');
  t.equal(await set(first, 3), 'ACCESS_RETRY_GET');
  t.equal(await state(first), 'STATUS_WAIT_RETRY:00:42');
  t.equal(await set(first, 3), 'BAD_STATUS');
  await control.deliverCode({ activationId: first, code: '777' });
  t.equal(await state(first), 'STATUS_OK:777');
  t.equal(await set(first, 6), 'ACCESS_ACTIVATION');
  t.equal(await set(first, 6), 'BAD_STATUS');
  t.equal(await state(first), 'STATUS_CANCEL');
  await control.changeSettings({ statusAfterFinish: 'STATUS_OK' });
  t.equal(await state(first), 'STATUS_OK:777');
  await t.rejects(control.deliverCode({ activationId: first }), /finished: no SMS arrives/);
  await control.deliverCode({ activationId: first, code: '888', force: true });
  t.equal(await state(first), 'STATUS_OK:888', 'late, on demand');

  const afterFirst = await control.balance();
  t.equal(afterFirst.reserved, '0.00');
  const stock = await ask(sandbox, 'getPrices&service=tg&country=22');
  const second = await buy(sandbox);
  await control.advance(121);
  t.equal(await set(second, 8), 'ACCESS_CANCEL');
  t.equal(await state(second), 'STATUS_CANCEL');
  t.equal(await set(second, 8), 'BAD_STATUS');
  const third = await buy(sandbox);
  await control.advance(1201);
  t.equal(await state(third), 'STATUS_CANCEL', 'expired');
  const fourth = await buy(sandbox);
  t.equal((await control.expire({ activationId: fourth })).settlement, 'refunded');
  t.same(await control.balance(), afterFirst, 'all of it came back');
  t.equal(await ask(sandbox, 'getPrices&service=tg&country=22'), stock, 'the numbers too');
  await control.changeSettings({ earliestCancelSeconds: 0 });
  t.equal(await set(await buy(sandbox), 8), 'ACCESS_CANCEL', 'the rule is switched off');
  for (const id of ['1', 'abc', '']) t.equal(await state(id), 'NO_ACTIVATION');
  t.equal(await set('1', 8), 'NO_ACTIVATION');

  await control.changeSettings({ autoCodeSeconds: 5 });
  const fifth = await buy(sandbox);
  await control.advance(7);
  t.match(await state(fifth), /^STATUS_OK:\d{5,6}$/, 'a code comes by itself');
  t.equal(await set(fifth, 3), 'ACCESS_RETRY_GET');
  await control.advance(7);
  t.match(await state(fifth), /^STATUS_OK:/, 'and another when asked for');
});

t.test('push: body, three attempts, faults', async (t) => {
  const receiver = await startReceiver(t);
  const sandbox = await start(t, { pushUrls: [receiver.url] });
  const { control } = sandbox;
  const id = await buy(sandbox);
  receiver.statuses.push(204, 500);
  await control.deliverCode({ activationId: id, text: 'G-445566 is your code' });
  await control.advance(60);
  await receiver.waitFor(2);
  const attempts = async (count: number): Promise<void> => {
    while ((await control.deliveries()).length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  await attempts(2);
  await control.advance(299);
  t.equal(receiver.received.length, 2, 'five minutes are not over');
  await control.advance(2);
  await receiver.waitFor(3);
  await attempts(3);
  await control.advance(3600);
  t.equal(receiver.received.length, 3, 'never a fourth');
  t.same(new Set(receiver.received.map(({ body }) => body)).size, 1);
  t.match(JSON.parse(receiver.received[0]?.body ?? ''), {
    activationId: Number(id),
    service: 'tg',
    text: 'G-445566 is your code',
    code: '445566',
    country: 22,
    receivedAt: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  });

  const next = await buy(sandbox);
  await control.addFault({ provider: 'smsbower', kind: 'push-doubled', activationId: next });
  await control.deliverCode({ activationId: next, code: null, text: 'no digits' });
  t.equal(receiver.received.length, 5);
  t.equal(JSON.parse(receiver.received[4]?.body ?? '').code, null);
  await control.addFault({ provider: 'smsbower', kind: 'push-none' });
  await control.deliverCode({ activationId: next });
  t.equal(receiver.received.length, 5);
  await control.addFault({ provider: 'smsbower', kind: 'push-first' });
  const early = await buy(sandbox);
  t.equal(receiver.received.length, 6);
  t.equal(
    JSON.parse(receiver.received[5]?.body ?? '').activationId,
    Number(early),
    'pushed before the answer',
  );
});

t.test('reply faults: bought, yet nothing usable comes back', async (t) => {
  const sandbox = await start(t);
  const { control } = sandbox;
  const rentals = async () => (await control.rentals()).length;
  const action = 'getNumberV2';
  let expected = 0;
  for (const commit of [true, false]) {
    await control.addFault({ provider: 'smsbower', kind: 'hang', action, commit });
    await neverAnswered(sandbox, 'getNumberV2');
    await control.addFault({ provider: 'smsbower', kind: 'reset', action, commit });
    await t.rejects(buy(sandbox), { cause: { code: 'ECONNRESET' } });
    await control.addFault({ provider: 'smsbower', kind: 'empty', action, commit });
    t.equal(await askBuy(sandbox), '');
    await control.addFault({ provider: 'smsbower', kind: 'html', action, commit, httpStatus: 502 });
    t.match(await askBuy(sandbox), /^<!DOCTYPE html>/);
    expected += commit ? 4 : 0;
    t.equal(await rentals(), expected);
  }
  await control.addFault({ provider: 'smsbower', kind: 'truncated', action });
  t.match(await askBuy(sandbox), /^\{"activationId":\d+,[^}]*$/);
  await control.addFault({ provider: 'smsbower', kind: 'cut-off', action });
  await t.rejects(askBuy(sandbox));
  t.equal(await rentals(), expected + 2);

  for (const [kind, status, body] of [
    ['no-balance', 200, 'NO_BALANCE'],
    ['no-numbers', 200, 'NO_NUMBERS'],
    ['bad-key', 200, 'BAD_KEY'],
    ['unauthorized', 401, '{"status":0,"message":"No access","data":[]}'],
    ['envelope', 200, '{"status":0,"message":"BAD_SERVICE","data":[]}'],
    ['throttled', 429, '{"status":0,"message":"Too Many Attempts.","data":[]}'],
    ['answer', 418, 'BAD_SERVICE'],
  ] as const) {
    await control.addFault({ provider: 'smsbower', kind, action, body: 'BAD_SERVICE', httpStatus: 418 });
    const response = await get(sandbox, 'getNumberV2&service=tg&country=22');
    t.equal(response.status, status, kind);
    t.equal(await response.text(), body, kind);
  }
  t.equal(await rentals(), expected + 2, 'a refusal buys nothing');

  const calls = await control.calls();
  t.equal(calls['smsbower.getNumberV2'], 17, 'every call was counted');
  await control.resetCalls();
  const id = await buy(sandbox);
  await control.addFault({
    provider: 'smsbower',
    kind: 'denied',
    action: 'getStatus',
    activationId: id,
    times: null,
  });
  const other = await buy(sandbox);
  for (let i = 0; i < 3; i += 1) t.equal(await ask(sandbox, `getStatus&id=${id}`), 'NO_ACTIVATION');
  t.equal(await ask(sandbox, `getStatus&id=${other}`), 'STATUS_WAIT_CODE');
  t.match(await control.faults(), [{ kind: 'denied', hits: 3 }]);
  await control.clearFaults();
  t.equal(await ask(sandbox, `getStatus&id=${id}`), 'STATUS_WAIT_CODE');
  t.same(await control.calls(), { 'smsbower.getNumberV2': 2, 'smsbower.getStatus': 5 });
});

t.test('behaviour faults: other types, text, wrong id, price, quotes, resend', async (t) => {
  const sandbox = await start(t);
  const { control } = sandbox;
  await control.addFault({ provider: 'smsbower', kind: 'v2-other-types' });
  const other = JSON.parse(await askBuy(sandbox));
  t.match(other, { activationId: String, phoneNumber: Number, activationCost: Number, countryCode: 22 });
  await control.addFault({ provider: 'smsbower', kind: 'v2-text' });
  t.match(await askBuy(sandbox), /^ACCESS_NUMBER:\d+:91\d{10}$/);
  await control.addFault({ provider: 'smsbower', kind: 'duplicate-id' });
  const before = await buy(sandbox);
  t.equal((await control.rentals()).length, 3, 'bought, but told the id of the one before');
  t.equal(before, (await control.rentals())[1]?.activationId);
  await control.addFault({ provider: 'smsbower', kind: 'overpriced' });
  const dear = await askJson(sandbox, 'getNumberV2&service=tg&country=22&maxPrice=2');
  t.equal(dear.activationCost, '3');
  await control.addFault({ provider: 'smsbower', kind: 'quoted-code' });
  const id = await buy(sandbox);
  await control.deliverCode({ activationId: id, code: '012345' });
  t.equal(await ask(sandbox, `getStatus&id=${id}`), "STATUS_OK: '012345'");
  t.equal(await ask(sandbox, `setStatus&id=${id}&status=3`), 'ACCESS_RETRY_GET');
  await control.addFault({ provider: 'smsbower', kind: 'wait-resend' });
  t.equal(await ask(sandbox, `getStatus&id=${id}`), 'STATUS_WAIT_RESEND');
  t.equal(await ask(sandbox, `getStatus&id=${id}`), 'STATUS_WAIT_RETRY:012345');
});

async function start(t: Test, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    twilio: { accountSid: 'AC', authToken: 'unused' },
    smsbower: { apiKey: KEY, balance: '18.739' },
    ...options,
  });
  t.teardown(() => sandbox.close());
  return sandbox;
}

/** Gives up once the sandbox has counted the call. */
async function neverAnswered(sandbox: Sandbox, action: string): Promise<void> {
  const count = async () => (await sandbox.control.calls())[`smsbower.${action}`] ?? 0;
  const before = await count();
  const patience = new AbortController();
  const pending = get(sandbox, `${action}&service=tg&country=22`, patience.signal);
  pending.catch(() => {});
  while ((await count()) === before);
  patience.abort();
  await t.rejects(pending, { name: 'AbortError' });
}

function get(sandbox: Sandbox, action: string, signal?: AbortSignal): Promise<Response> {
  const url = `${sandbox.smsbowerUrl}?api_key=${KEY}&action=${action}`;
  return fetch(url, { signal });
}

async function ask(sandbox: Sandbox, action: string): Promise<string> {
  return (await get(sandbox, action)).text();
}

// biome-ignore lint/suspicious/noExplicitAny: replies are compared member by member
async function askJson(sandbox: Sandbox, action: string): Promise<any> {
  return JSON.parse(await ask(sandbox, action));
}

function askBuy(sandbox: Sandbox): Promise<string> {
  return ask(sandbox, 'getNumberV2&service=tg&country=22');
}

async function buy(sandbox: Sandbox): Promise<string> {
  return String(JSON.parse(await askBuy(sandbox)).activationId);
}
