import { createHash, randomBytes, randomInt } from 'node:crypto';
import {
  type CommandAnswer,
  findTestService,
  type Outcome,
  type Purchase,
  type StatusAnswer,
  TEST_BALANCE_MICROS,
  TEST_COUNTRIES,
  TEST_EARLIEST_CANCEL_SECONDS,
  TEST_LIFETIME_SECONDS,
  TEST_RESEND_SECONDS,
  TEST_SERVICES,
  type TestService,
  testOffers,
  testPhone,
} from '#libs/domain';
import type { NumberProvider } from '../port.ts';

/** A rental as its row tells it; times in seconds, by one clock. */
export interface RentalScript {
  service: string;
  seconds: number;
  codes: number;
  secondsSinceResend: number | null;
}

export interface ScriptedOptions {
  /** Null: there is no such rental. */
  find(providerRef: string): Promise<RentalScript | null>;
  /** Part of its time that each step takes; 1 but in tests. */
  scale: number;
}

/**
 * Rents numbers to test keys: the service decides what becomes of each (`TEST_SERVICES`). It keeps nothing: every
 * answer follows from the row, so that it survives any restart.
 */
export function createScriptedNumberProvider({ find, scale }: ScriptedOptions): NumberProvider {
  const look = async (providerRef: string): Promise<Look | null> => {
    const rental = await find(providerRef);
    const script = rental && findTestService(rental.service);
    return script ? { ...rental, script, providerRef, age: rental.seconds / scale, scale } : null;
  };
  const command = (judge: (seen: Look) => CommandAnswer['kind'] & ('done' | 'too_early' | 'refused')) => {
    return async (providerRef: string): Promise<CommandAnswer> => {
      const seen = await look(providerRef);
      return seen ? { kind: judge(seen) } : DENIED;
    };
  };
  return {
    buy: async ({ service, country, maxPriceMicros }) => buy({ service, country, maxPriceMicros, scale }),
    async status(providerRef) {
      const seen = await look(providerRef);
      return seen ? statusOf(seen) : DENIED;
    },
    cancel: command((seen) => {
      if (statusOf(seen).kind === 'code') return 'refused';
      return seen.age < TEST_EARLIEST_CANCEL_SECONDS ? 'too_early' : 'done';
    }),
    requestAnotherCode: command(({ codes, age }) =>
      codes > 0 && age < TEST_LIFETIME_SECONDS ? 'done' : 'refused',
    ),
    finish: command(() => 'done'),
    balance: async () => ({ kind: 'ok', value: TEST_BALANCE_MICROS }),
    countries: async () => ({ kind: 'ok', value: [...TEST_COUNTRIES] }),
    services: async () => ({ kind: 'ok', value: TEST_SERVICES.map(({ code, name }) => ({ code, name })) }),
    // The true prices, whatever was quoted.
    offers: async (filter) => testOffers(filter, ({ raisedMicros }) => raisedMicros),
    close: async () => undefined,
  };
}

/** A rental with its script, `age` in the script's own seconds. */
interface Look extends RentalScript {
  script: TestService;
  providerRef: string;
  age: number;
  scale: number;
}

const DENIED = { kind: 'denied', raw: 'NO_ACTIVATION' } as const;
const OUTAGE: StatusAnswer = {
  kind: 'no_information',
  raw: '<html>502 Bad Gateway (test mode)</html>',
  throttled: false,
};

function statusOf(seen: Look): StatusAnswer {
  const { script, age, codes } = seen;
  if (age < script.unusableForSeconds) return OUTAGE;
  if (codes > 0 && seen.secondsSinceResend === null) return codeOf(seen, codes);
  if (codes > 0 && (seen.secondsSinceResend ?? 0) / seen.scale >= TEST_RESEND_SECONDS)
    return codeOf(seen, codes + 1);
  if (codes === 0 && script.codeAfterSeconds !== null && age >= script.codeAfterSeconds)
    return codeOf(seen, 1);
  const end = Math.min(script.cancelledAfterSeconds ?? TEST_LIFETIME_SECONDS, TEST_LIFETIME_SECONDS);
  return { kind: age >= end ? 'cancelled' : 'waiting' };
}

/** Six digits that follow from the rental and its turn. */
function codeOf({ providerRef }: Look, turn: number): StatusAnswer {
  const digest = createHash('sha256').update(`${providerRef}:${turn}`).digest();
  return { kind: 'code', code: String(digest.readUInt32BE() % 1_000_000).padStart(6, '0') };
}

function buy(order: {
  service: string;
  country: number;
  maxPriceMicros: bigint;
  scale: number;
}): Outcome<Purchase> {
  const script = findTestService(order.service);
  if (!script) return refusal('bad_service', 'BAD_SERVICE');
  if (!TEST_COUNTRIES.some(({ id }) => id === order.country)) return refusal('bad_country', 'BAD_COUNTRY');
  if (script.purchase === 'out_of_stock') return refusal('out_of_stock', 'NO_NUMBERS');
  if (order.maxPriceMicros < script.raisedMicros) return refusal('price_too_low', 'WRONG_MAX_PRICE');
  if (script.purchase === 'slow') return { kind: 'unknown', detail: 'scripted' };
  return {
    kind: 'accepted',
    value: {
      providerRef: `test-${randomBytes(12).toString('hex')}`,
      phone: testPhone(order.country, randomInt(10_000_000)),
      costMicros: script.raisedMicros,
      lifetimeSeconds: TEST_LIFETIME_SECONDS * order.scale,
      earliestCancelSeconds: TEST_EARLIEST_CANCEL_SECONDS * order.scale,
    },
  };
}

function refusal(
  reason: 'bad_service' | 'bad_country' | 'out_of_stock' | 'price_too_low',
  word: string,
): Outcome<never> {
  return { kind: 'rejected', scope: 'request', reason, code: word, message: word };
}
