import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { loadActivations } from '#libs/store';
import { DIALECT_PATH } from '../../../../apps/gateway/dialect/index.ts';
import { until } from '../../../helpers/until.ts';
import { startDialect } from './dialect.ts';

t.test('purchases: refusals, orders, and answers that never came', async (t) => {
  const dialect = await startDialect(t);
  const { ask, json, buy, gateway, ctx } = dialect;
  const { control } = dialect.sandbox;
  t.afterEach(async () => {
    await control.clearFaults();
    assert.deepEqual(await dialect.brokenInvariants(), []);
  });
  const bought = async () => (await control.rentals()).length;
  const rowsOf = async (userId: number) =>
    (
      await ctx.db.query<{ id: number; state: string }>(
        'SELECT id, state FROM activations WHERE user_id = $1',
        [userId],
      )
    ).rows;

  await t.test('a service or a country that upstream does not know', async (t) => {
    for (const action of ['getNumber', 'getPrices', 'getPricesV2', 'getPricesV3']) {
      t.equal(await ask(action, { service: 'zzz', country: 22 }), 'BAD_SERVICE', action);
      t.equal(await ask(action, { service: 'tg', country: 555 }), 'BAD_COUNTRY', action);
    }
  });

  await t.test('no money, no stock, no provider', async (t) => {
    const poor = await gateway.newPartner({ funds: 0n });
    t.equal(await ask('getNumber', { service: 'tg', country: 22 }, poor), 'NO_BALANCE');
    await control.changeOffers({ service: 'nf', country: 22, count: 0 });
    t.equal(await ask('getNumber', { service: 'nf', country: 22 }), 'NO_NUMBERS');
    for (const kind of ['no-numbers', 'no-balance'] as const) {
      await control.addFault({ provider: 'smsbower', kind, action: 'getNumberV2', times: null });
      t.equal(await ask('getNumber', { service: 'tg', country: 22 }), 'NO_NUMBERS', kind);
      t.equal(await ask('getNumberV2', { service: 'tg', country: 22 }), 'NO_NUMBERS', kind);
      await control.clearFaults();
    }
  });

  await t.test('maxPrice: honoured, inclusive, and the price of today where it is too low', async (t) => {
    const [{ price }] = (await gateway.get('action=prices&service=wa&country=22')).json().prices;
    const asked = { service: 'wa', country: 22 };
    const rich = await gateway.newPartner({ funds: 100_000_000n });
    const before = await bought();
    for (const maxPrice of ['0', '0.000001', 'cheap', '0,50', '1e3']) {
      t.equal(await ask('getNumber', { ...asked, maxPrice }, rich), `WRONG_MAX_PRICE:${price}`, maxPrice);
      t.equal(await ask('getNumberV2', { ...asked, maxPrice }, rich), `WRONG_MAX_PRICE:${price}`, maxPrice);
    }
    t.equal(await bought(), before, 'nothing was bought');
    const noisy = `${price.padEnd(8, '0')}00000000004`;
    for (const maxPrice of [price, noisy, '100', '', 'undefined', '-1']) {
      t.match(await ask('getNumber', { ...asked, maxPrice }, rich), /^ACCESS_NUMBER:/, maxPrice);
    }
    await control.changeOffers({ service: 'wa', country: 22, price: '7' });
    t.equal(
      await ask('getNumber', { ...asked, maxPrice: price }, rich),
      'WRONG_MAX_PRICE:7.00',
      'risen since the quote',
    );
    await control.changeOffers({ service: 'wa', country: 22, price: '9' });
    t.equal(await ask('getNumber', asked, rich), 'NO_NUMBERS', 'who named no price only has to ask again');
    t.match(await ask('getNumber', asked, rich), /^ACCESS_NUMBER:/);
  });

  await t.test('the same orderId buys once and tells the same number', async (t) => {
    const partner = await gateway.newPartner();
    const order = { service: 'tg', country: 22, orderId: 'order 1009 / ä' };
    const first = await ask('getNumber', order, partner);
    t.match(first, /^ACCESS_NUMBER:/);
    t.equal(await ask('getNumber', order, partner), first);
    t.equal(
      await ask('getNumber', { ...order, maxPrice: '99' }, partner),
      first,
      'another bid is the same order',
    );
    const [, id, phoneNumber] = first.split(':');
    t.match(await json('getNumberV2', order, partner), { activationId: id, phoneNumber });
    t.equal(
      await ask('getNumber', { ...order, country: 6 }, partner),
      'ORDER_ALREADY_EXISTS',
      'for something else',
    );
    t.equal((await rowsOf(partner.userId)).length, 1);
    t.not(await ask('getNumber', order), first, 'another partner’s order of that name is another');
    t.equal(await ask('setStatus', { id, status: 8 }, partner), 'ACCESS_CANCEL');
    t.equal(await ask('getNumber', order, partner), 'ORDER_ALREADY_EXISTS', 'its number is no more');
  });

  await t.test('requests with one orderId at the same time get one number', async (t) => {
    const partner = await gateway.newPartner();
    await control.addFault({ provider: 'smsbower', kind: 'slow', action: 'getNumberV2', delayMs: 700 });
    const order = { service: 'tg', country: 22, orderId: 'at once' };
    const answers = await Promise.all([1, 2, 3].map(() => ask('getNumber', order, partner)));
    t.match(answers[0], /^ACCESS_NUMBER:/);
    t.equal(new Set(answers).size, 1);
    t.equal((await rowsOf(partner.userId)).length, 1);
  });

  await t.test('an orderId that came to nothing is free again', async (t) => {
    const partner = await gateway.newPartner();
    const order = { service: 'tg', country: 22, orderId: 'again' };
    await control.addFault({ provider: 'smsbower', kind: 'no-numbers', action: 'getNumberV2' });
    t.equal(await ask('getNumber', order, partner), 'NO_NUMBERS');
    await control.clearFaults();
    t.match(await ask('getNumber', order, partner), /^ACCESS_NUMBER:/);
    t.equal((await rowsOf(partner.userId)).length, 2);
  });

  await t.test('a purchase whose answer was lost is no number, and is given back', async (t) => {
    const partner = await gateway.newPartner();
    await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true });
    const order = { service: 'tg', country: 187, orderId: 'lost' };
    t.equal(await ask('getNumber', order, partner), 'NO_NUMBERS');
    const [lost] = await rowsOf(partner.userId);
    const [row] = await loadActivations(ctx.db, [lost?.id ?? 0]);
    t.equal(row?.state, 'purchase_unknown', 'the hold stays until it is proven');
    t.ok(row?.cancelRequestedAt, 'should it be found, it is cancelled');
    t.match(await json('getActiveActivations', {}, partner), { error: 'NO_ACTIVATIONS' });
    await control.clearFaults();
    t.match(await ask('getNumber', order, partner), /^ACCESS_NUMBER:/, 'the order is free again');
  });

  await t.test(
    'a caller who hung up has not got the number: it is given back, unless an order can ask again',
    async (t) => {
      const address = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
      const partner = await gateway.newPartner();
      const hangUp = async (more: string) => {
        await control.addFault({ provider: 'smsbower', kind: 'slow', action: 'getNumberV2', delayMs: 600 });
        const calls = (await control.calls())['smsbower.getNumberV2'] ?? 0;
        const socket = connect(Number(new URL(address).port), '127.0.0.1');
        await once(socket, 'connect');
        const query = `api_key=${partner.secret}&action=getNumber&service=tg&country=22${more}`;
        socket.write(`GET ${DIALECT_PATH}?${query} HTTP/1.1\r\nHost: x\r\n\r\n`);
        await until(async () => ((await control.calls())['smsbower.getNumberV2'] ?? 0) > calls);
        socket.destroy();
        await control.clearFaults();
      };
      await hangUp('');
      await until(async () => (await rowsOf(partner.userId))[0]?.state === 'cancelled', {
        what: 'given back',
      });
      await hangUp('&orderId=mine');
      const again = await ask('getNumber', { service: 'tg', country: 22, orderId: 'mine' }, partner);
      t.match(again, /^ACCESS_NUMBER:/);
      t.equal((await rowsOf(partner.userId)).length, 2);
    },
  );

  await t.test('a rental made here is the partner page’s too', async (t) => {
    const { id, phone } = await buy();
    const { activation_id, status, phone: shown } = (await gateway.get(`action=status&id=${id}`)).json();
    t.strictSame([activation_id, status, shown], [id, 'waiting', `+${phone}`]);
  });
});
