import type { Micros } from './money.ts';
import type { Country, Offer, Service } from './outcome.ts';

/** The provider row that plays for test keys, far from the numbers of real rows. */
export const TEST_PROVIDER_ID = 999_999_999;

/** Seconds, as written for a clock that is not shortened. */
export const TEST_LIFETIME_SECONDS = 60;
export const TEST_EARLIEST_CANCEL_SECONDS = 10;
/** From a resend to its code. */
export const TEST_RESEND_SECONDS = 2;
/** From a purchase whose answer is lost to the news of its number. */
export const TEST_SLOW_SECONDS = 5;

export const TEST_BALANCE_MICROS: Micros = 1_000_000_000n;

/** A service of test mode, and what renting a number for it comes to. */
export interface TestService extends Service {
  /** `slow`: bought, but the answer is lost and comes later; `dearer`: at `raisedMicros` only. */
  purchase: 'bought' | 'out_of_stock' | 'dearer' | 'slow';
  /** After the purchase; null: none ever comes. Beyond the lifetime it is a late one. */
  codeAfterSeconds: number | null;
  /** The provider ends the rental by itself. */
  cancelledAfterSeconds: number | null;
  /** Its answers are unusable until then. */
  unusableForSeconds: number;
  /** As quoted at first, and what it really costs. */
  costMicros: Micros;
  raisedMicros: Micros;
  /** For the documentation. */
  outcome: string;
}

const ORDINARY: Omit<TestService, 'code' | 'name' | 'outcome'> = {
  purchase: 'bought',
  codeAfterSeconds: 2,
  cancelledAfterSeconds: null,
  unusableForSeconds: 0,
  costMicros: 100_000n,
  raisedMicros: 100_000n,
};

const NEVER = { codeAfterSeconds: null };

export const TEST_SERVICES: readonly TestService[] = [
  row('test_code', 'Test: a code', 'a code after 2 seconds; another one 2 seconds after each resend'),
  row('test_late', 'Test: a late code', 'cancelled (expired) after 60 seconds, a code 10 seconds later', {
    codeAfterSeconds: TEST_LIFETIME_SECONDS + 10,
  }),
  row('test_none', 'Test: no code', 'no code: cancelled (expired) after 60 seconds, money back', NEVER),
  row('test_cancelled', 'Test: cancelled', 'cancelled by the provider after 5 seconds, money back', {
    ...NEVER,
    cancelledAfterSeconds: 5,
  }),
  row('test_stock', 'Test: out of stock', '409 out_of_stock', { ...NEVER, purchase: 'out_of_stock' }),
  row('test_price', 'Test: a new price', '409 price_changed first, bought at the new price when repeated', {
    purchase: 'dearer',
    raisedMicros: 150_000n,
  }),
  row('test_slow', 'Test: a slow purchase', '202 pending, the number after 5 seconds, then a code', {
    purchase: 'slow',
    codeAfterSeconds: TEST_SLOW_SECONDS + 2,
  }),
  row('test_resend', 'Test: two codes', 'a code after 2 seconds, the second one 2 seconds after resend'),
  row('test_unknown', 'Test: an outage', 'status unknown (with raw) at first, a code after 20 seconds', {
    unusableForSeconds: 20,
    codeAfterSeconds: 20,
  }),
  row('tg', 'Telegram', 'a code after 6 seconds', { codeAfterSeconds: 6, costMicros: 250_000n }),
  row('wa', 'WhatsApp', 'a code after 6 seconds', { codeAfterSeconds: 6, costMicros: 400_000n }),
  row('go', 'Google, YouTube, Gmail', 'a code after 6 seconds', {
    codeAfterSeconds: 6,
    costMicros: 150_000n,
  }),
];

/** Each with the beginning of its numbers, which nobody has. */
const COUNTRIES: readonly (Country & { prefix: string })[] = [
  { id: 22, name: 'India', prefix: '+9155501' },
  { id: 187, name: 'United States', prefix: '+1202555' },
  { id: 16, name: 'United Kingdom', prefix: '+44770090' },
];

export const TEST_COUNTRIES: readonly Country[] = COUNTRIES.map(({ id, name }) => ({ id, name }));

export function findTestService(code: string): TestService | null {
  return BY_CODE.get(code) ?? null;
}

/** A number of the country that nobody has; `seed` is any whole number. */
export function testPhone(country: number, seed: number): string {
  const prefix = COUNTRIES.find(({ id }) => id === country)?.prefix ?? '+1202555';
  const length = prefix.startsWith('+1') ? 12 : 13;
  const rest = length - prefix.length - 2;
  return `${prefix}01${String(seed % 10 ** rest).padStart(rest, '0')}`;
}

/** What is offered, by service and country; `invalid` names what the catalogue does not have. */
export function testOffers(
  filter: { service?: string; country?: number },
  costOf: (service: TestService) => Micros,
): { kind: 'ok'; value: Offer[] } | { kind: 'invalid'; parameter: 'service' | 'country' } {
  const services = TEST_SERVICES.filter(
    ({ code }) => filter.service === undefined || code === filter.service,
  );
  const countries = TEST_COUNTRIES.filter(({ id }) => filter.country === undefined || id === filter.country);
  if (services.length === 0) return { kind: 'invalid', parameter: 'service' };
  if (countries.length === 0) return { kind: 'invalid', parameter: 'country' };
  const value = countries.flatMap(({ id }) =>
    services.map((service) => ({
      service: service.code,
      country: id,
      costMicros: costOf(service),
      count: service.purchase === 'out_of_stock' ? 1 : 100,
    })),
  );
  return { kind: 'ok', value };
}

function row(code: string, name: string, outcome: string, script: Partial<TestService> = {}): TestService {
  const raisedMicros = script.costMicros ?? ORDINARY.raisedMicros;
  return { ...ORDINARY, code, name, outcome, raisedMicros, ...script };
}

const BY_CODE = new Map(TEST_SERVICES.map((service) => [service.code, service]));
