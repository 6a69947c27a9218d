import { createRequire } from 'node:module';
import { HeroSMSClient } from 'hero-sms';
import t from 'tap';
import { DIALECT_PATH } from '../../../../apps/gateway/dialect/index.ts';
import { until } from '../../../helpers/until.ts';
import { startDialect } from './dialect.ts';

/**
 * Public clients as they were published. hero-sms has an option for its address; the other two fix theirs in the
 * source, and the test changes it where they keep it: in the axios session that each of them exposes. package.json
 * gives both the axios of hero-sms, since theirs have known weaknesses.
 */
interface Session {
  session: { defaults: { baseURL: string } };
}

interface SmsActivate extends Session {
  getBalance(withCashBack?: boolean): Promise<number | null>;
  getNumber(service: string, country?: number): Promise<{ id: number; number: number } | null>;
  setStatus(id: number, status: number): Promise<string>;
  getCode(id: number): Promise<string | null>;
  getStatus(id: number): Promise<string>;
}

interface XcreatorSmsActivate extends Session {
  getBalance(): Promise<string>;
  getAvailableNumbers(service: string, country?: number): Promise<number>;
  getPhoneNumber(service: string, country?: number): Promise<{ id: string; phoneNumber: string }>;
  findCheapAvailableNumber(service: string): Promise<{ id: string; phoneNumber: string } | null>;
  getActivationCode(id: string): Promise<string | null>;
  setActivationStatus(id: string, status: number): Promise<string>;
}

/** The package has no types; what it exports is a class, as its source shows. */
function clientClass<Client>(module: string): new (key: string) => Client {
  return createRequire(import.meta.url)(module) as new (
    key: string,
  ) => Client;
}

t.test('public clients work unmodified: rent, code, finish, cancel', async (t) => {
  const dialect = await startDialect(t);
  const { gateway } = dialect;
  const { control } = dialect.sandbox;
  const baseUrl = (await gateway.app.listen({ host: '127.0.0.1', port: 0 })) + DIALECT_PATH;
  const at = <Client extends Session>(client: Client): Client => {
    client.session.defaults.baseURL = baseUrl;
    return client;
  };

  await t.test('hero-sms 2.0.0', async (t) => {
    const client = new HeroSMSClient({ apiKey: (await gateway.newPartner()).secret, baseUrl });
    t.equal(await client.getBalance(), 10);
    t.match(await client.getPrices({ service: 'tg', country: 22 }), {
      22: { tg: { cost: Number, count: Number } },
    });
    t.match(await client.getCountries(), { 22: { id: 22, eng: 'India' } });
    t.match((await client.getServicesList()).services[0], { code: String, name: String });
    t.match(await client.getTopCountriesByService({ service: 'tg' }), {
      0: { country: Number, price: Number },
    });

    const rented = await client.getNumberV2({ service: 'tg', country: 22 });
    t.match(rented, { activationId: /^\d+$/, phoneNumber: /^91\d+$/ });
    const id = Number(rented.activationId);
    t.equal(await client.markReady(id), 'ACCESS_READY');
    t.match(await client.getStatus(id), { status: 'STATUS_WAIT_CODE' });
    t.match(await client.getActiveActivations(), { status: 'success' });
    await control.deliverCode({ phone: rented.phoneNumber, code: '55123' });
    await until(async () => (await client.getStatus(id)).code === '55123');
    t.match(await client.getStatusV2(id), { sms: { code: '55123' } });
    t.equal(await client.requestResend(id), 'ACCESS_RETRY_GET');
    t.match(await client.getStatus(id), { status: 'STATUS_WAIT_RETRY', code: '55123' });
    t.equal(await client.complete(id), 'ACCESS_ACTIVATION');

    const { activationId } = await client.getNumber({ service: 'wa', country: 0 });
    t.equal(await client.cancel(activationId), 'ACCESS_CANCEL');
    t.match(await client.getStatus(activationId), { status: 'STATUS_CANCEL' });
    await t.rejects(client.cancel(id), { code: 'BAD_STATUS' });
    await t.rejects(client.getStatus(2 ** 31 - 1), { name: 'ActivationNotFoundError' });
    await t.rejects(client.getNumber({ service: 'tg', country: 22, maxPrice: 0.01 }), {
      name: 'WrongMaxPriceError',
    });
    await control.changeOffers({ service: 'ds', country: 22, count: 0 });
    await t.rejects(client.getNumber({ service: 'ds', country: 22 }), { name: 'NoNumbersError' });
    await control.changeSettings({ earliestCancelSeconds: 120 });
    const early = await client.getNumber({ service: 'tg', country: 22 });
    await t.rejects(client.cancel(early.activationId), { name: 'EarlyCancelError' });
    await control.changeSettings({ earliestCancelSeconds: 0 });
    await t.rejects(new HeroSMSClient({ apiKey: 'wrong', baseUrl }).getBalance(), {
      name: 'AuthenticationError',
    });
  });

  await t.test('sms-activate 1.0.1', async (t) => {
    const Client = clientClass<SmsActivate>('sms-activate');
    const client = at(new Client((await gateway.newPartner()).secret));
    t.equal(await client.getBalance(), 10);
    t.equal(await client.getBalance(true), 10);
    const rented = await client.getNumber('tg', 22);
    t.match(rented, { id: Number, number: Number });
    const { id, number } = rented ?? { id: 0, number: 0 };
    t.equal(await client.setStatus(id, 1), 'ACCESS_READY');
    t.equal(await client.getStatus(id), 'STATUS_WAIT_CODE');
    t.equal(await client.getCode(id), null);
    await control.deliverCode({ phone: String(number), code: '66123' });
    await until(async () => (await client.getCode(id)) === '66123');
    t.equal(await client.setStatus(id, 6), 'ACCESS_ACTIVATION');
    const second = await client.getNumber('wa');
    t.equal(await client.setStatus(second?.id ?? 0, 8), 'ACCESS_CANCEL');
    t.equal(await client.getStatus(second?.id ?? 0), 'STATUS_CANCEL');
    const refusals: [() => Promise<unknown>, string][] = [
      [() => client.setStatus(id, 8), 'BadStatus'],
      [() => client.getStatus(2 ** 31 - 1), 'InvalidActivation'],
      [() => client.getNumber('a b', 22), 'BadService'],
      [() => client.getNumber('ds', 22), 'NoFreeNumbers'],
      [() => at(new Client('wrong')).getBalance(), 'InvalidAPIKey'],
    ];
    for (const [ask, name] of refusals) await t.rejects(ask(), { name }, name);
    const poor = at(new Client((await gateway.newPartner({ funds: 0n })).secret));
    await t.rejects(poor.getNumber('tg', 22), { name: 'NoBalance' });
  });

  await t.test('xcreator-sms-activate 1.0.1', async (t) => {
    const Client = clientClass<XcreatorSmsActivate>('xcreator-sms-activate/smsactivate.js');
    const client = at(new Client((await gateway.newPartner()).secret));
    t.equal(await client.getBalance(), '10.00');
    t.ok((await client.getAvailableNumbers('tg_0', 22)) > 0);
    t.equal(await client.getAvailableNumbers('ds_0', 22), 0, 'a service without stock is still a service');
    const { id, phoneNumber } = await client.getPhoneNumber('tg', 22);
    t.equal(await client.setActivationStatus(id, 1), 'ACCESS_READY');
    t.equal(await client.getActivationCode(id), null);
    await control.deliverCode({ phone: phoneNumber, code: '77123' });
    await until(async () => (await client.getActivationCode(id)) === '77123');
    t.equal(await client.setActivationStatus(id, 6), 'ACCESS_ACTIVATION');
    const cheap = await client.findCheapAvailableNumber('tg');
    t.match(cheap?.phoneNumber, /^79\d+$/, 'Russia comes first there, as country 0');
    t.equal(await client.setActivationStatus(cheap?.id ?? '', 8), 'ACCESS_CANCEL');
    await t.rejects(client.getPhoneNumber('ds', 22), /No numbers/);
  });

  t.strictSame(await dialect.brokenInvariants(), []);
});
