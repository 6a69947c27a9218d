import t from 'tap';
import {
  E164,
  maskPhone,
  TEST_COUNTRIES,
  TEST_EARLIEST_CANCEL_SECONDS,
  TEST_LIFETIME_SECONDS,
  TEST_RECIPIENTS,
  TEST_SERVICES,
  UNREACHABLE_ATTEMPTS,
} from '#libs/domain';
import {
  createNumberProvider,
  createScriptedNumberProvider,
  createScriptedSmsProvider,
  NUMBER_PROVIDER_KINDS,
  openNumberProvider,
  type RentalScript,
} from '#libs/providers';
import { phoneProblem } from '#libs/services';

const SPAN = { createdAfter: new Date(0), createdBefore: new Date() };
const sms = createScriptedSmsProvider();
const send = (to: string, attempt = 1) =>
  sms.send({ to, attempt, body: 'Hello', validitySeconds: 60, statusCallbackUrl: null });

/** A provider that sees one rental, as it is at a moment of its script. */
const numbersAt = (rental: Partial<RentalScript> | null, scale = 1) =>
  createScriptedNumberProvider({
    scale,
    find: async () =>
      rental && { service: 'test_code', seconds: 0, codes: 0, secondsSinceResend: null, ...rental },
  });
const buy = (service: string, maxPriceMicros = 1_000_000n, country = 22) =>
  numbersAt(null).buy({ service, country, maxPriceMicros });

t.test('sends: every recipient has the outcome of its row, with an outcome of the port', async (t) => {
  for (const { number, send: wanted, errorCode } of TEST_RECIPIENTS) {
    t.equal(phoneProblem(number), null, `${number} passes as a number`);
    const outcome = await send(number);
    const kinds = {
      accepted: 'accepted',
      refused: 'rejected',
      unreachable: 'not_sent',
      unknown: 'unknown',
      absent: 'unknown',
    };
    t.equal(outcome.kind, kinds[wanted], number);
    if (outcome.kind === 'rejected')
      t.match(outcome, { scope: 'request', code: errorCode, message: /^[A-Z].+\.$/ });
  }
  t.match(await send('+4915112345678'), { kind: 'accepted', value: { providerSid: /^SM[0-9a-f]{32}$/ } });
  t.not(await sidOf(), await sidOf(), 'each message has a sid of its own');
});

t.test('a provider that is down, and a send that was lost, come right by their attempts', async (t) => {
  const [down] = TEST_RECIPIENTS.filter((row) => row.send === 'unreachable');
  t.match(await send(down?.number ?? '', UNREACHABLE_ATTEMPTS), { kind: 'not_sent' });
  t.match(await send(down?.number ?? '', UNREACHABLE_ATTEMPTS + 1), { kind: 'accepted' });
  const [absent] = TEST_RECIPIENTS.filter((row) => row.send === 'absent');
  t.match(await send(absent?.number ?? '', 2), { kind: 'accepted' });
});

t.test('a list proves the absence of what was not sent, and nothing about what stays unknown', async (t) => {
  for (const { number, send: wanted } of TEST_RECIPIENTS) {
    const listing = await sms.list({ to: number, ...SPAN });
    t.equal(listing.kind, wanted === 'unknown' ? 'incomplete' : 'complete', number);
  }
});

t.test('purchases', async (t) => {
  const bought = await buy('test_code');
  t.match(bought, {
    kind: 'accepted',
    value: {
      costMicros: 100_000n,
      lifetimeSeconds: TEST_LIFETIME_SECONDS,
      earliestCancelSeconds: TEST_EARLIEST_CANCEL_SECONDS,
    },
  });
  for (const { id } of TEST_COUNTRIES) {
    const here = await buy('tg', 1_000_000n, id);
    if (here.kind !== 'accepted') throw new Error('not bought');
    t.match(here.value.phone, E164);
    t.equal(phoneProblem(here.value.phone), null, maskPhone(here.value.phone));
  }
  t.match(await buy('test_stock'), { kind: 'rejected', scope: 'request', reason: 'out_of_stock' });
  t.match(await buy('test_price', 100_000n), { kind: 'rejected', reason: 'price_too_low' });
  t.match(await buy('test_price', 150_000n), { kind: 'accepted', value: { costMicros: 150_000n } });
  t.match(await buy('test_slow'), { kind: 'unknown' });
  t.match(await buy('nosuch'), { kind: 'rejected', reason: 'bad_service' });
  t.match(await buy('tg', 1_000_000n, 999), { kind: 'rejected', reason: 'bad_country' });
  t.match(await buy('tg', 100_000n), { kind: 'rejected', reason: 'price_too_low' }, 'the ceiling holds');
});

t.test('states follow from the row', async (t) => {
  const kindAt = async (rental: Partial<RentalScript>) => (await numbersAt(rental).status('r')).kind;
  t.equal(await kindAt({ seconds: 1 }), 'waiting');
  t.equal(await kindAt({ seconds: 2 }), 'code');
  t.equal(await kindAt({ service: 'test_none', seconds: 59 }), 'waiting');
  t.equal(await kindAt({ service: 'test_none', seconds: 60 }), 'cancelled');
  t.equal(await kindAt({ service: 'test_cancelled', seconds: 5 }), 'cancelled');
  t.equal(await kindAt({ service: 'test_late', seconds: 69 }), 'cancelled');
  t.equal(await kindAt({ service: 'test_late', seconds: 70 }), 'code', 'a late one');
  t.equal(await kindAt({ service: 'test_unknown', seconds: 19 }), 'no_information');
  t.equal(await kindAt({ service: 'test_unknown', seconds: 20 }), 'code');
  t.match(await numbersAt({ seconds: 1 }, 0.5).status('r'), { kind: 'code' }, 'a shorter clock');
  t.match(await numbersAt(null).status('r'), { kind: 'denied' });
});

t.test('codes: the same one until another was asked for, and then another', async (t) => {
  const first = await numbersAt({ seconds: 5 }).status('r');
  t.match(first, { kind: 'code', code: /^\d{6}$/ });
  t.same(await numbersAt({ seconds: 30, codes: 1 }).status('r'), first);
  t.match(await numbersAt({ seconds: 30, codes: 1, secondsSinceResend: 1 }).status('r'), { kind: 'waiting' });
  const second = await numbersAt({ seconds: 30, codes: 1, secondsSinceResend: 2 }).status('r');
  t.match(second, { kind: 'code' });
  t.notSame(second, first);
  t.notSame(await numbersAt({ seconds: 5 }).status('other'), first, 'another rental has another code');
});

t.test('commands', async (t) => {
  const none = (seconds: number) => numbersAt({ service: 'test_none', seconds });
  t.match(await none(9).cancel('r'), { kind: 'too_early' });
  t.match(await none(10).cancel('r'), { kind: 'done' });
  t.match(await numbersAt({ seconds: 30 }).cancel('r'), { kind: 'refused' }, 'a code is there');
  t.match(await none(30).requestAnotherCode('r'), { kind: 'refused' });
  t.match(await numbersAt({ seconds: 30, codes: 1 }).requestAnotherCode('r'), { kind: 'done' });
  t.match(await numbersAt({ seconds: 61, codes: 1 }).requestAnotherCode('r'), { kind: 'refused' });
  t.match(await numbersAt({ codes: 1 }).finish('r'), { kind: 'done' });
  for (const call of ['cancel', 'requestAnotherCode', 'finish'] as const)
    t.match(await numbersAt(null)[call]('r'), { kind: 'denied' }, call);
});

t.test('the catalogue', async (t) => {
  const provider = numbersAt(null);
  t.match(await provider.balance(), { kind: 'ok', value: 1_000_000_000n });
  t.match(await provider.countries(), { kind: 'ok', value: [{ id: 22 }] });
  t.match(await provider.services(), { kind: 'ok', value: [{ code: 'test_code' }] });
  const all = await provider.offers({});
  t.equal(all.kind === 'ok' && all.value.length, TEST_SERVICES.length * TEST_COUNTRIES.length);
  t.match(await provider.offers({ service: 'tg', country: 16 }), {
    kind: 'ok',
    value: [{ service: 'tg', country: 16 }],
  });
  t.same(await provider.offers({ service: 'nosuch' }), { kind: 'invalid', parameter: 'service' });
  t.same(await provider.offers({ country: 999 }), { kind: 'invalid', parameter: 'country' });
});

t.test('it is made for its own row only, and an outage in a script slows nobody down', async (t) => {
  t.notOk(NUMBER_PROVIDER_KINDS.some((kind) => (kind as string) === 'scripted'));
  t.throws(() => createNumberProvider('scripted', { apiUrl: '', credentials: '' }), /unknown provider kind/);
  const scripted = {
    scale: 1,
    find: async () => ({ service: 'test_unknown', seconds: 1, codes: 0, secondsSinceResend: null }),
  };
  const provider = openNumberProvider(
    { kind: 'scripted', apiUrl: '', credentials: '', scripted },
    async () => true,
  );
  for (let poll = 0; poll < 30; poll += 1) await provider.status('r');
  t.match(provider.budgetState(), { slowed: false });
});

async function sidOf(): Promise<string> {
  const outcome = await send('+4915112345678');
  return outcome.kind === 'accepted' ? outcome.value.providerSid : '';
}
