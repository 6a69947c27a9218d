import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { HttpResult } from '#libs/platform';
import { createSmsbowerProvider, type NumberProvider } from '#libs/providers';
import { parseBalance } from '../../../libs/providers/smsbower/parse-balance.ts';
import { parseCommand } from '../../../libs/providers/smsbower/parse-command.ts';
import { parseCountries } from '../../../libs/providers/smsbower/parse-countries.ts';
import { parseOffers } from '../../../libs/providers/smsbower/parse-offers.ts';
import { parsePurchase } from '../../../libs/providers/smsbower/parse-purchase.ts';
import { parseRead } from '../../../libs/providers/smsbower/parse-read.ts';
import { parseServices } from '../../../libs/providers/smsbower/parse-services.ts';
import { parseStatus } from '../../../libs/providers/smsbower/parse-status.ts';
import { numberProviderConformance } from './conformance.ts';
import { type Behaviour, type StandIn, startStandIn } from './stand-in.ts';

const KEY = 'k3y-with+special/chars';
const NO_ACCESS = '{"status":0,"message":"No access","data":[]}';
const ORDER = { service: 'tg', country: 0, maxPriceMicros: 300_000n };

t.test('conformance', (t) =>
  numberProviderConformance(t, {
    create: (url) => create(url),
    secret: KEY,
    words: {
      bought: ok('{"activationId":252210263,"phoneNumber":"6285136944176","activationCost":"0.01"}'),
      outOfStock: ok('NO_NUMBERS'),
      wrongKey: { status: 401, body: NO_ACCESS },
      waiting: ok('STATUS_WAIT_CODE'),
      code: ok('STATUS_OK:123456'),
      cancelled: ok('STATUS_CANCEL'),
      denied: ok('NO_ACTIVATION'),
      cancelConfirmed: ok('ACCESS_CANCEL'),
      cancelTooEarly: ok('EARLY_CANCEL_DENIED'),
      cancelRefused: ok('BAD_STATUS'),
    },
  }),
);

t.test(
  'requests: GET with the key in the query, price as plain dollars, ids of rented numbers',
  async (t) => {
    const { standIn, provider } = await subject(t);
    standIn.behaves(ok('NO_NUMBERS'));
    await provider.buy(ORDER);
    await provider.buy({ ...ORDER, maxPriceMicros: 1n });
    await provider.status('7');
    await provider.cancel('7');
    await provider.finish('7');
    await provider.requestAnotherCode('7');
    await provider.offers({});
    await provider.offers({ service: 'wa', country: 0 });
    const seen = standIn.requests.map(({ method, url }) => {
      t.equal(method, 'GET');
      t.equal(url.pathname, '/stubs/handler_api.php');
      t.equal(url.searchParams.get('api_key'), KEY);
      url.searchParams.delete('api_key');
      return url.search;
    });
    t.same(seen, [
      '?action=getNumberV2&service=tg&country=0&maxPrice=0.30',
      '?action=getNumberV2&service=tg&country=0&maxPrice=0.000001',
      '?action=getStatus&id=7',
      '?action=setStatus&id=7&status=8',
      '?action=setStatus&id=7&status=6',
      '?action=setStatus&id=7&status=3',
      '?action=getPricesV3',
      '?action=getPricesV3&service=wa&country=0',
    ]);
  },
);

t.test('a purchase falls back to getNumber after BAD_ACTION only', async (t) => {
  const { standIn, provider } = await subject(t);
  standIn.behaves(({ url }) =>
    ok(url.searchParams.get('action') === 'getNumber' ? 'ACCESS_NUMBER:9:6285136944176' : 'BAD_ACTION'),
  );
  t.match(await provider.buy(ORDER), { kind: 'accepted', value: { providerRef: '9' } });
  t.equal(standIn.requests.length, 2);
  for (const body of ['ERROR_SQL', 'BAD_SERVICE', '', 'ACCESS_NUMBER']) {
    standIn.requests.length = 0;
    standIn.behaves(ok(body));
    await provider.buy(ORDER);
    t.equal(standIn.requests.length, 1, body);
  }
});

t.test('purchases', async (t) => {
  const { ask } = await subject(t);
  const buy = (reply: Behaviour | string) => ask((provider) => provider.buy(ORDER), reply);
  const bought = (providerRef: string, costMicros: bigint | null) => ({
    kind: 'accepted',
    value: { providerRef, phone: '+6285136944176', costMicros },
  });
  const accepted: [string, object][] = [
    ['ACCESS_NUMBER:252210263:6285136944176', bought('252210263', null)],
    ['ACCESS_NUMBER:252210263:6285136944176:0.5', bought('252210263', null)],
    ['\uFEFFACCESS_NUMBER:1:+62 851-3694 4176\n', bought('1', null)],
    ['"ACCESS_NUMBER:1:6285136944176"', bought('1', null)],
    ['{"activationId":"12","phoneNumber":6285136944176,"activationCost":0.684}', bought('12', 684_000n)],
    ['{"activationId":12,"phoneNumber":"+6285136944176","activationCost":"0.0000001"}', bought('12', 1n)],
    [
      '{"activationId":12,"phoneNumber":"6285136944176","activationCost":null,"canGetAnotherSms":true}',
      bought('12', null),
    ],
    ['{"activationId":12,"phoneNumber":"6285136944176","activationCost":-1}', bought('12', null)],
  ];
  for (const [body, outcome] of accepted) t.same(await buy(body), outcome, body);

  const unknown: [string, string][] = [
    ['ACCESS_NUMBER:252210263:', 'number_without_phone:252210263'],
    ['ACCESS_NUMBER:252210263', 'number_without_phone:252210263'],
    ['ACCESS_NUMBER:252210263:62', 'number_without_phone:252210263'],
    ['ACCESS_NUMBER::6285136944176', 'number_without_id'],
    ['{"activationId":12,"phoneNumber":null}', 'number_without_phone:12'],
    ['{"activationId":12,"phoneNumber":"unknown"}', 'number_without_phone:12'],
    ['{"activationId":"","phoneNumber":"6285136944176"}', 'number_without_id'],
    ['{"activationId":0,"phoneNumber":"6285136944176"}', 'number_without_id'],
    ['{"activationId":90071992547409931,"phoneNumber":"6285136944176"}', 'number_without_id'],
    ['[]', 'unrecognised_json'],
    ['ERROR_SQL', 'unrecognised:ERROR_SQL'],
    ['{"status":0,"message":"Server Error","data":[]}', 'unrecognised:SERVER_ERROR'],
    ['STATUS_CANCEL', 'unrecognised:STATUS_CANCEL'],
    ['something else', 'unrecognised_text'],
  ];
  for (const [body, detail] of unknown) t.same(await buy(body), { kind: 'unknown', detail }, body);

  const refused = (reason: string, code: string, scope = 'request') => ({
    kind: 'rejected',
    scope,
    reason,
    code,
  });
  const rejected: [string, object][] = [
    ['NO_NUMBERS', refused('out_of_stock', 'NO_NUMBERS')],
    ['NO_BALANCE', refused('no_upstream_balance', 'NO_BALANCE')],
    ['NO_MONEY', refused('no_upstream_balance', 'NO_MONEY')],
    [
      'WRONG_MAX_PRICE:0.35',
      { ...refused('price_too_low', 'WRONG_MAX_PRICE'), message: 'WRONG_MAX_PRICE:0.35' },
    ],
    ['BAD_SERVICE', refused('bad_service', 'BAD_SERVICE')],
    ['WRONG_SERVICE', refused('bad_service', 'WRONG_SERVICE')],
    ['{"error":"Bad service"}', refused('bad_service', 'BAD_SERVICE')],
    ['{"error":"BAD_SERVICE"}', refused('bad_service', 'BAD_SERVICE')],
    ['{"error":"Bad country"}', refused('bad_country', 'BAD_COUNTRY')],
    ['WRONG_COUNTRY', refused('bad_country', 'WRONG_COUNTRY')],
    ['{"status":0,"message":"NO_NUMBERS","data":[]}', refused('out_of_stock', 'NO_NUMBERS')],
    ['BAD_KEY', refused('credentials', 'BAD_KEY', 'account')],
    [NO_ACCESS, refused('credentials', 'BAD_KEY', 'account')],
    ['ACCOUNT_INACTIVE', refused('account_suspended', 'ACCOUNT_INACTIVE', 'account')],
    ['BANNED:2026-01-01 00:00:00', refused('account_suspended', 'BANNED', 'account')],
    ['BAD_ACTION', refused('other', 'BAD_ACTION', 'account')],
  ];
  for (const [body, outcome] of rejected) t.match(await buy(body), outcome, body);

  const route = '{"status":0,"message":"The route could not be found","data":[]}';
  t.match(await buy({ status: 404, body: route }), refused('other', 'HTTP_404', 'account'));
  t.match(await buy({ status: 405, body: route }), refused('other', 'HTTP_405', 'account'));
  t.match(await buy({ status: 400, body: 'NO_NUMBERS' }), refused('out_of_stock', 'NO_NUMBERS'));
  t.match(await buy({ status: 400, body: 'ACCESS_NUMBER:1:6285136944176' }), { kind: 'unknown' });
  t.match(await buy({ status: 500, body: 'NO_NUMBERS' }), { kind: 'unknown', detail: 'http_500' });
  t.match(await buy({ status: 302, headers: { Location: '/' }, body: 'NO_NUMBERS' }), { kind: 'unknown' });
  t.match(await buy({ status: 429, body: '' }), { kind: 'not_sent', throttled: true, retryAfterMs: 5_000 });
});

t.test('status', async (t) => {
  const { ask } = await subject(t);
  const cases: [string, object][] = [
    ['STATUS_WAIT_CODE', { kind: 'waiting' }],
    ['STATUS_WAIT_RETRY:123456', { kind: 'waiting' }],
    ['STATUS_WAIT_RETRY', { kind: 'waiting' }],
    ['STATUS_WAIT_RESEND', { kind: 'waiting' }],
    ['STATUS_OK:012345', { kind: 'code', code: '012345' }],
    ["STATUS_OK: '012345'", { kind: 'code', code: '012345' }],
    ['STATUS_OK:"a b"', { kind: 'code', code: 'a b' }],
    ['STATUS_OK:12:34:56', { kind: 'code', code: '12:34:56' }],
    ["STATUS_OK:'", { kind: 'code', code: "'" }],
    ['STATUS_CANCEL', { kind: 'cancelled' }],
    ['ACCESS_CANCEL', { kind: 'cancelled' }],
    ['NO_ACTIVATION', { kind: 'denied', raw: 'NO_ACTIVATION' }],
    ['{"status":0,"message":"NO_ACTIVATION","data":[]}', { kind: 'denied' }],
    ['{"status":0,"message":"STATUS_CANCEL","data":[]}', { kind: 'no_information' }],
    ['STATUS_OK', { kind: 'no_information', raw: 'STATUS_OK' }],
    ["STATUS_OK:''", { kind: 'no_information' }],
    ['BAD_KEY', { kind: 'no_information', raw: 'BAD_KEY' }],
    ['ERROR_SQL', { kind: 'no_information', raw: 'ERROR_SQL' }],
  ];
  for (const [body, answer] of cases)
    t.match(await ask((provider) => provider.status('7'), body), answer, body);
});

t.test('the words of a failing server do not count', async (t) => {
  const { ask } = await subject(t);
  for (const status of [302, 400, 403, 500, 503]) {
    const answer = await ask((provider) => provider.status('7'), { status, body: 'STATUS_CANCEL' });
    t.match(answer, { kind: 'no_information', raw: `HTTP ${status} STATUS_CANCEL` });
    t.match(await ask((provider) => provider.cancel('7'), { status, body: 'ACCESS_CANCEL' }), {
      kind: 'no_information',
    });
  }
});

t.test('commands', async (t) => {
  const { ask } = await subject(t);
  const cases: ['cancel' | 'finish' | 'requestAnotherCode', string, string][] = [
    ['cancel', 'STATUS_CANCEL', 'done'],
    ['cancel', 'STATUS_OK:1234', 'refused'],
    ['cancel', 'ACCESS_ACTIVATION', 'no_information'],
    ['finish', 'ACCESS_ACTIVATION', 'done'],
    ['finish', 'BAD_STATUS', 'refused'],
    ['finish', 'ACCESS_CANCEL', 'no_information'],
    ['requestAnotherCode', 'ACCESS_RETRY_GET', 'done'],
    ['requestAnotherCode', 'STATUS_WAIT_RETRY:1', 'done'],
    ['requestAnotherCode', 'EARLY_CANCEL_DENIED', 'refused'],
    ['requestAnotherCode', 'NO_ACTIVATION', 'denied'],
  ];
  for (const [command, body, kind] of cases) {
    t.match(await ask((provider) => provider[command]('7'), body), { kind }, `${command}: ${body}`);
  }
});

t.test('what is kept of an unusable answer is short, on one line and without the key', async (t) => {
  const { ask } = await subject(t);
  const body = `<p>\u0000\u001b[31mapi_key=${KEY}&x=${encodeURIComponent(KEY)}\n${'é😀'.repeat(300)}</p>`;
  for (const padding of ['', 'x', 'xx']) {
    const answer = await ask((provider) => provider.status('7'), body.replace('<p>', `<p>${padding}`));
    const raw = answer.kind === 'no_information' ? answer.raw : '';
    t.ok(raw.startsWith(`<p>${padding} [31mapi_key=***&x=*** é😀`), raw);
    t.ok(raw.length > 197 && raw.length <= 200);
    t.equal(encodeURIComponent(raw).length > 0, true, 'no half of a character');
  }
});

t.test('balance', async (t) => {
  const { ask } = await subject(t);
  const balance = (body: string) => ask((provider) => provider.balance(), body);
  t.same(await balance('ACCESS_BALANCE:18.739'), { kind: 'ok', value: 18_739_000n });
  t.same(await balance('ACCESS_BALANCE:0'), { kind: 'ok', value: 0n });
  t.same(await balance('ACCESS_BALANCE: 1.2345678'), { kind: 'ok', value: 1_234_568n });
  t.match(await balance('ACCESS_BALANCE:'), { kind: 'no_information' });
  t.same(await balance('BAD_KEY'), { kind: 'refused', message: 'BAD_KEY' });
  t.same(await balance(NO_ACCESS), { kind: 'refused', message: 'BAD_KEY' });
});

t.test('countries', async (t) => {
  const { ask } = await subject(t);
  const countries = (value: unknown) => ask((provider) => provider.countries(), JSON.stringify(value));
  const usa = { id: 187, name: 'United States' };
  const row = { rus: 'США', eng: 'United States', chn: '美国' };
  t.same(
    await countries({
      0: { id: '0', rus: 'Россия', eng: '' },
      187: { id: '187', ...row },
      '': { id: null, eng: 'Faroe' },
    }),
    { kind: 'ok', value: [{ id: 0, name: 'Россия' }, usa] },
  );
  t.same(await countries([{ id: 187, ...row }, { id: 'x' }, null, 5]), { kind: 'ok', value: [usa] });
  t.same(await countries([{ id: 5 }]), { kind: 'ok', value: [{ id: 5, name: 'Country 5' }] });
  t.same(await countries([]), { kind: 'ok', value: [] });
  t.match(await countries({ hello: 'world' }), { kind: 'no_information' });
});

t.test('services', async (t) => {
  const { ask } = await subject(t);
  const services = (value: unknown) => ask((provider) => provider.services(), JSON.stringify(value));
  const kakao = { kind: 'ok', value: [{ code: 'kt', name: 'KakaoTalk' }] };
  t.same(
    await services({ status: 'success', services: [{ code: 'kt', name: 'KakaoTalk' }, { name: 'x' }] }),
    kakao,
  );
  t.same(await services({ status: 1, services: { kt: 'KakaoTalk' } }), kakao);
  t.same(await services([{ code: 'kt', name: 'KakaoTalk' }]), kakao);
  t.same(await services({ kt: 'KakaoTalk' }), kakao);
  t.same(await services({ status: 'success', services: [] }), { kind: 'ok', value: [] });
  t.match(await services({ status: 'success' }), { kind: 'no_information' });
});

t.test('offers', async (t) => {
  const { ask } = await subject(t);
  const offers = (value: unknown) =>
    ask((provider) => provider.offers({}), typeof value === 'string' ? value : JSON.stringify(value));
  const offer = (country: number, service: string, costMicros: bigint, count: number) => ({
    service,
    country,
    costMicros,
    count,
  });
  t.same(
    await offers({
      187: {
        tg: {
          2263: { count: 98, price: 2.592, provider_id: 2263 },
          3237: { count: '22', price: '0.683', provider_id: '3237' },
          3238: { count: 3, price: 0.683 },
          3239: { count: 0, price: 0.1 },
          3240: { count: 4, price: 'free' },
          3241: { count: 4, price: 0 },
          3242: { count: -1, price: 1 },
          3243: null,
        },
        wa: [],
      },
      0: { tg: { 1: { count: 1, price: 1e-7 } } },
      '': { tg: { 1: { count: 1, price: 1 } } },
    }),
    {
      kind: 'ok',
      value: [offer(0, 'tg', 1n, 1), offer(187, 'tg', 683_000n, 25), offer(187, 'tg', 2_592_000n, 98)],
    },
  );
  t.same(await offers([{ tg: [{ count: 1, price: 1 }] }]), {
    kind: 'ok',
    value: [offer(0, 'tg', 1_000_000n, 1)],
  });
  t.same(await offers([]), { kind: 'ok', value: [] });
  t.same(await offers({ 187: [] }), { kind: 'ok', value: [] });
  t.match(await offers({ 187: { tg: { 1: 'x' } } }), { kind: 'no_information' });
  t.same(await offers('BAD_SERVICE'), { kind: 'invalid', parameter: 'service' });
  t.same(await offers({ error: 'Bad country' }), { kind: 'invalid', parameter: 'country' });
  t.same(await offers('BAD_ACTION'), { kind: 'refused', message: 'BAD_ACTION' });
  t.match(await offers({ status: 0, message: 'Something broke' }), {
    kind: 'refused',
    message: 'Something broke',
  });
});

t.test('no body makes a parser throw, and none is a purchase without id and phone', async () => {
  const words = fc.constantFrom(
    ...[
      'ACCESS_NUMBER',
      'STATUS_OK',
      'STATUS_CANCEL',
      'NO_ACTIVATION',
      'BAD_KEY',
      'ACCESS_BALANCE',
      'status',
      'error',
    ],
    ...[
      'activationId',
      'phoneNumber',
      'services',
      'message',
      '__proto__',
      'constructor',
      '',
      '0',
      'price',
      'count',
    ],
  );
  const text = fc.oneof(words, fc.string({ unit: 'binary' }), fc.string());
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 0),
      fc.double(),
      text,
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  }));
  const body = fc.oneof(
    text,
    fc.tuple(words, text, text).map((parts) => parts.join(':')),
    tree.value.map((value) => JSON.stringify(value) ?? ''),
  );
  const response: fc.Arbitrary<HttpResult> = fc
    .record({ status: fc.constantFrom(200, 201, 302, 400, 401, 404, 405, 429, 500), body })
    .map((fields) => ({ kind: 'response', headers: {}, ...fields }));
  fc.assert(
    fc.property(response, (result) => {
      parseStatus(result, String);
      for (const command of ['cancel', 'finish', 'requestAnotherCode'] as const)
        parseCommand(command, result, String);
      parseRead(result, parseBalance, String);
      parseRead(result, parseCountries, String);
      parseRead(result, parseServices, String);
      parseRead(result, parseOffers, String);
      const outcome = parsePurchase(result, String);
      if (outcome.kind !== 'accepted') return true;
      return outcome.value.providerRef !== '' && /^\+[1-9]\d{6,14}$/.test(outcome.value.phone);
    }),
    { numRuns: 3_000 },
  );
});

function create(url: string): NumberProvider {
  const timeouts = { connectMs: 1_000, purchaseMs: 300, readMs: 300 };
  return createSmsbowerProvider({ apiUrl: `${url}/stubs/handler_api.php`, apiKey: KEY, timeouts });
}

interface Subject {
  standIn: StandIn;
  provider: NumberProvider;
  ask<Answer>(
    call: (provider: NumberProvider) => Promise<Answer>,
    reply: Behaviour | string,
  ): Promise<Answer>;
}

async function subject(t: Test): Promise<Subject> {
  const standIn = await startStandIn(t);
  const timeouts = { connectMs: 5_000, purchaseMs: 10_000, readMs: 10_000 };
  const apiUrl = `${standIn.url}/stubs/handler_api.php`;
  const provider = createSmsbowerProvider({ apiUrl, apiKey: KEY, timeouts });
  t.teardown(() => provider.close());
  return {
    standIn,
    provider,
    async ask(call, reply) {
      standIn.behaves(typeof reply === 'string' ? ok(reply) : reply);
      return call(provider);
    },
  };
}

function ok(body: string) {
  return { status: 200, body };
}
