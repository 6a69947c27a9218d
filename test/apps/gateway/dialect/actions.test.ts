import assert from 'node:assert/strict';
import t from 'tap';
import { DIALECT_ACTIONS } from '../../../../apps/gateway/dialect/index.ts';
import { until } from '../../../helpers/until.ts';
import { askGateway, startDialect } from './dialect.ts';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

t.test('every action, by the words that clients know', async (t) => {
  const dialect = await startDialect(t, { env: { DEFAULT_MARKUP_PERCENT: '10' } });
  const { ask, json, buy, statusBecomes, gateway } = dialect;
  const { control } = dialect.sandbox;
  t.afterEach(async () => {
    await control.clearFaults();
    assert.deepEqual(await dialect.brokenInvariants(), []);
  });
  const hits = async () => {
    const text = await gateway.metrics.registry.getSingleMetricAsString('smsx_status_cache_total');
    return Number(/result="hit".*\} (\d+)/.exec(text)?.[1] ?? 0);
  };
  const { price } = (await gateway.get('action=prices&service=tg&country=22')).json().prices[0];

  await t.test(
    'getBalance and getBalanceAndCashBack: what can be spent, with two decimals at least',
    async (t) => {
      const partner = await gateway.newPartner({ funds: 12_500_000n });
      t.equal(await ask('getBalance', {}, partner), 'ACCESS_BALANCE:12.50');
      t.equal(await ask('getBalanceAndCashBack', {}, partner), 'ACCESS_BALANCE:12.50');
      await buy({}, partner);
      const left = (12.5 - Number(price)).toFixed(6).replace(/0{1,4}$/, '');
      t.equal(await ask('getBalance', {}, partner), `ACCESS_BALANCE:${left}`, 'what is held cannot be spent');
    },
  );

  await t.test('a rental from getNumber to setStatus 6', async (t) => {
    const { id, phone } = await buy();
    t.ok(Number(id) < 2 ** 31);
    t.match(phone, /^91\d{10}$/);
    t.equal(await ask('getStatus', { id }), 'STATUS_WAIT_CODE');
    t.equal(await ask('getFullSms', { id }), 'STATUS_WAIT_CODE');
    t.strictSame(await json('getStatusV2', { id }), { verificationType: 0, sms: null, call: null });
    t.equal(await ask('setStatus', { id, status: 1 }), 'ACCESS_READY');
    for (const status of [3, 6])
      t.equal(await ask('setStatus', { id, status }), 'BAD_STATUS', `${status} before a code`);
    await control.deliverCode({ phone, code: '0482' });
    await statusBecomes(id, 'STATUS_OK:0482');
    t.equal(await ask('getFullSms', { id }), 'FULL_SMS:0482', 'polling tells the code only');
    t.match(await json('getStatusV2', { id }), {
      verificationType: 0,
      sms: { dateTime: TIME, code: '0482', text: '' },
      call: null,
    });
    for (const status of [8, -1])
      t.equal(await ask('setStatus', { id, status }), 'BAD_STATUS', `${status} after a code`);
    t.equal(await ask('setStatus', { id, status: 3 }), 'ACCESS_RETRY_GET');
    t.equal(await ask('getStatus', { id }), 'STATUS_WAIT_RETRY:0482');
    t.equal(await ask('getFullSms', { id }), 'STATUS_WAIT_RETRY:0482');
    await control.deliverCode({ phone, code: '777-123' });
    await statusBecomes(id, 'STATUS_OK:777-123');
    t.equal(await ask('setStatus', { id, status: 6 }), 'ACCESS_ACTIVATION');
    t.equal(await ask('setStatus', { id, status: 6 }), 'ACCESS_ACTIVATION', 'twice is once');
    t.equal(await ask('getStatus', { id }), 'STATUS_OK:777-123', 'a paid code stays readable');
    for (const status of [3, 8])
      t.equal(await ask('setStatus', { id, status }), 'BAD_STATUS', `${status} after 6`);
  });

  await t.test('setStatus 8 and -1 cancel, and say so again', async (t) => {
    for (const status of [8, -1]) {
      const before = await ask('getBalance');
      const { id } = await buy();
      t.not(await ask('getBalance'), before);
      t.equal(await ask('setStatus', { id, status }), 'ACCESS_CANCEL');
      t.equal(await ask('setStatus', { id, status }), 'ACCESS_CANCEL');
      t.equal(await ask('getStatus', { id }), 'STATUS_CANCEL');
      t.equal(await ask('getFullSms', { id }), 'STATUS_CANCEL');
      t.equal(await ask('getBalance'), before, 'the money is back');
      for (const other of [1, 3, 6]) t.equal(await ask('setStatus', { id, status: other }), 'BAD_STATUS');
    }
  });

  await t.test('EARLY_CANCEL_DENIED while upstream refuses; the wish is kept', async (t) => {
    await control.changeSettings({ earliestCancelSeconds: 120 });
    const { id } = await buy();
    t.equal(await ask('setStatus', { id, status: 8 }), 'EARLY_CANCEL_DENIED');
    t.equal(await ask('setStatus', { id, status: 8 }), 'EARLY_CANCEL_DENIED');
    t.equal(await ask('getStatus', { id }), 'STATUS_WAIT_CODE');
    await control.changeSettings({ earliestCancelSeconds: 0 });
    await dialect.ctx.db.query(
      `UPDATE activations SET command_next_at = now() - interval '2 seconds', command_nudged_at = NULL WHERE id = $1`,
      [id],
    );
    await statusBecomes(id, 'STATUS_CANCEL');
    t.equal(await ask('setStatus', { id, status: 8 }), 'ACCESS_CANCEL', 'asked again, it is done');
  });

  await t.test('without upstream’s consent to another code nothing is promised', async (t) => {
    const { id, phone } = await buy();
    await control.deliverCode({ phone, code: '1111' });
    await statusBecomes(id, 'STATUS_OK:1111');
    await control.addFault({ provider: 'smsbower', kind: 'error-500', action: 'setStatus', times: null });
    t.equal(await ask('setStatus', { id, status: 3 }), 'ERROR_SQL');
    t.equal(await ask('getStatus', { id }), 'STATUS_OK:1111', 'not yet waiting for another');
    await control.clearFaults();
    t.equal(await ask('setStatus', { id, status: 3 }), 'ACCESS_RETRY_GET');
    t.equal(await ask('setStatus', { id, status: 3 }), 'ACCESS_RETRY_GET', 'twice is once');
  });

  await t.test('setStatus with no status, or one that is none', async (t) => {
    const { id } = await buy();
    for (const status of [undefined, '', 'undefined', 2, 9, '8.0', 'cancel']) {
      t.equal(await ask('setStatus', { id, status }), 'BAD_STATUS', String(status));
    }
    t.equal(await ask('getStatus', { id }), 'STATUS_WAIT_CODE');
  });

  await t.test('getNumberV2: strings throughout', async (t) => {
    const answer = await json('getNumberV2', { service: 'tg', country: 22, maxPrice: price });
    t.match(answer, {
      activationId: /^\d{1,10}$/,
      phoneNumber: /^91\d{10}$/,
      activationCost: price,
      countryCode: '22',
      canGetAnotherSms: '1',
      activationTime: TIME,
      activationEndTime: TIME,
      activationOperator: 'any',
    });
    for (const value of Object.values(answer)) t.type(value, 'string');
  });

  await t.test('getActiveActivations: what is not over, newest first, the partner’s own', async (t) => {
    const partner = await gateway.newPartner();
    const none = { status: 'error', error: 'NO_ACTIVATIONS' };
    t.strictSame(await json('getActiveActivations', {}, partner), none);
    const first = await buy({}, partner);
    const second = await buy({ country: 0 }, partner);
    const third = await buy({}, partner);
    await ask('setStatus', { id: third.id, status: 8 }, partner);
    await control.deliverCode({ phone: second.phone, code: '5151' });
    await ask('getStatus', { id: second.id }, partner);
    await t.resolveMatch(
      until(async () => {
        const { activeActivations } = await json('getActiveActivations', {}, partner);
        return JSON.stringify(activeActivations).includes('5151') ? activeActivations : null;
      }),
      [
        {
          activationId: second.id,
          countryCode: '0',
          countryName: 'Russia',
          serviceCode: 'tg',
          phoneNumber: second.phone,
          activationCost: Number,
          activationStatus: '2',
          smsCode: ['5151'],
          smsText: null,
          activationTime: TIME,
          discount: '0',
          repeated: '0',
          canGetAnotherSms: '1',
        },
        { activationId: first.id, countryCode: '22', activationStatus: '4', smsCode: null },
      ],
    );
    const page = await json('getActiveActivations', { start: 1, limit: 1 }, partner);
    t.match(page.activeActivations, [{ activationId: first.id }]);
  });

  await t.test('getPrices, V2 and V3: one price, which is the one paid', async (t) => {
    const pair = { service: 'tg', country: 22 };
    const [row] = (await gateway.get('action=prices&service=tg&country=22')).json().prices;
    const leaf = { cost: Number(row.price), count: row.count, physicalCount: row.count };
    t.strictSame(await json('getPrices', pair), { 22: { tg: leaf } });
    t.strictSame(await json('getPricesV2', pair), { 22: { tg: { [row.price]: row.count } } });
    t.strictSame(await json('getPricesV3', pair), {
      22: { tg: { 1: { count: row.count, price: Number(row.price), provider_id: 1 } } },
    });
    const all = await json('getPrices');
    t.ok(Object.keys(all).length > 10);
    t.match(all, { 0: { tg: { cost: Number } }, 22: { tg: { cost: Number }, wa: { cost: Number } } });
    t.strictSame(Object.keys(await json('getPrices', { country: 0 })), ['0'], 'Russia is a country');
    t.strictSame(
      await json('getPrices', { ...pair, country: 'undefined' }),
      await json('getPrices', { service: 'tg' }),
    );
  });

  await t.test('getNumbersStatus: every service, also without stock', async (t) => {
    await control.changeOffers({ service: 'fb', country: 6, count: 0 });
    const counts = await json('getNumbersStatus', { country: 6 });
    t.match(counts, { tg_0: Number, fb_0: 0 });
    t.ok(Number(counts.tg_0) > 0);
    t.ok(Object.keys(counts).every((key) => key.endsWith('_0')));
    const everywhere = await json('getNumbersStatus');
    t.ok(Number(everywhere.tg_0) > Number(counts.tg_0), 'without a country: in all');
  });

  await t.test('getServicesList, getCountries', async (t) => {
    const { status, services } = await json('getServicesList');
    t.equal(status, 'success');
    t.match(
      (services as object[]).find((one) => 'code' in one && one.code === 'tg'),
      { code: 'tg', name: 'Telegram' },
    );
    const names = { rus: 'India', eng: 'India', chn: 'India' };
    const countries = await json('getCountries');
    t.strictSame(countries['22'], { id: 22, ...names, visible: 1, retry: 1, rent: 0, multiService: 0 });
    t.match(countries['0'], { id: 0, eng: 'Russia' });
  });

  await t.test('getTopCountriesByService: cheapest first, by rank', async (t) => {
    const top = await json('getTopCountriesByService', { service: 'tg', freePrice: 'true' });
    t.strictSame(Object.keys(top), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    const rows = Object.values(top) as {
      price: number;
      count: number;
      freePriceMap: Record<string, number>;
    }[];
    t.strictSame(
      rows.map((row) => row.price),
      rows.map((row) => row.price).sort((a, b) => a - b),
    );
    const [best] = rows;
    t.match(best, { country: Number, count: Number, price: Number, retail_price: Number });
    t.strictSame(Object.values(best?.freePriceMap ?? {}), [best?.count]);
    t.notOk(
      'freePriceMap' in
        (Object.values(await json('getTopCountriesByService', { service: 'tg' }))[0] as object),
    );
    t.match(await json('getTopCountriesByService'), {
      tg: { 0: { country: Number } },
      wa: { 0: { price: Number } },
    });
  });

  await t.test('each of them by POST too, wherever the parameters are', async (t) => {
    const { id } = await buy();
    const secret = { api_key: gateway.main.secret };
    for (const action of DIALECT_ACTIONS.keys()) {
      const form = { ...secret, action, id, service: 'tg', country: 22, status: 1 };
      const answer = await askGateway(gateway, form, 'POST');
      t.equal(answer.statusCode, 200);
      t.notOk(answer.headers['x-error'], `${action}: ${answer.body}`);
      t.match(
        answer.headers['content-type'],
        answer.body.startsWith('{') ? /^application\/json/ : /^text\/plain/,
      );
      t.notMatch(answer.body, /\n$/);
    }
    const mixed = await gateway.app.inject({
      method: 'POST',
      url: `/stubs/handler_api.php?api_key=${gateway.main.secret}&action=getStatus`,
      payload: `id=${id}&action=getBalance`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    t.equal(mixed.body, 'STATUS_WAIT_CODE', 'the query wins');
  });

  await t.test('a poll asks nobody but Redis', async (t) => {
    const { id } = await buy();
    await ask('getStatus', { id });
    const before = await hits();
    for (const action of ['getStatus', 'getStatusV2', 'getFullSms']) await ask(action, { id });
    t.equal((await hits()) - before, 3);
  });

  await t.test('another’s rental is there for nobody else', async (t) => {
    const other = await gateway.newPartner();
    const { id, phone } = await buy();
    await control.deliverCode({ phone, code: '9090' });
    await statusBecomes(id, 'STATUS_OK:9090');
    for (const action of ['getStatus', 'getStatusV2', 'getFullSms']) {
      t.equal(await ask(action, { id }, other), 'NO_ACTIVATION', action);
      t.equal(await ask(action, { id: 2 ** 31 - 1 }), 'NO_ACTIVATION', `${action}: an id of nobody`);
    }
    for (const status of [1, 3, 6, 8, -1]) {
      t.equal(await ask('setStatus', { id, status }, other), 'NO_ACTIVATION', String(status));
    }
    t.match(await json('getActiveActivations', {}, other), { error: 'NO_ACTIVATIONS' });
    t.equal(await ask('getStatus', { id }), 'STATUS_OK:9090', 'nothing has changed');
  });
});
