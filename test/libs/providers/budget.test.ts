import t from 'tap';
import type { Outcome, Purchase, StatusAnswer } from '#libs/domain';
import {
  budgeted,
  createNumberProvider,
  createTokenBucket,
  NUMBER_PROVIDER_KINDS,
  type NumberProvider,
  type Priority,
} from '#libs/providers';

const ORDER = { service: 'tg', country: 0, maxPriceMicros: 1n };
const NOTHING: StatusAnswer = { kind: 'no_information', raw: '', throttled: false };
const WAITING: StatusAnswer = { kind: 'waiting' };

t.test('polls and reads leave the reserve to purchases and commands', async (t) => {
  const clock = createClock();
  const take = createTokenBucket({ capacity: 10, refillPerSecond: 2, now: clock.now });
  const granted = async (priority: Priority) => {
    let count = 0;
    while ((await take(priority)) === true) count += 1;
    return count;
  };
  t.equal(await granted('poll'), 8);
  t.equal(await granted('read'), 0);
  t.equal(await take('poll'), 500, 'the time until a token beyond the reserve');
  t.equal(await granted('purchase'), 2);
  t.equal(await take('command'), 500);
  clock.pass(500);
  t.equal(await granted('command'), 1);
  clock.pass(3_600_000);
  t.equal(await granted('poll'), 8, 'never more than the capacity');
  clock.pass(-1_000);
  t.equal(await granted('purchase'), 2, 'a clock that goes back takes nothing away');
});

t.test('a request without a token is not made and says nothing about upstream', async (t) => {
  const clock = createClock();
  const upstream = createUpstream();
  const provider = budgeted(upstream.provider, { take: async () => 6_000, now: clock.now });
  t.same(await provider.buy(ORDER), {
    kind: 'not_sent',
    detail: 'budget',
    throttled: true,
    retryAfterMs: 6_000,
  });
  t.match(await provider.status('7'), {
    kind: 'no_information',
    raw: 'budget',
    throttled: true,
    retryAfterMs: 6_000,
  });
  t.match(await provider.cancel('7'), { kind: 'no_information', raw: 'budget', throttled: true });
  t.match(await provider.balance(), { kind: 'no_information', detail: 'budget', throttled: true });
  t.same(upstream.calls, []);
  t.same(provider.budgetState(), { consecutiveFailures: 0, slowed: false, pausedUntilMs: 0 });
});

t.test('purchases wait for a token, polls do not', async (t) => {
  const upstream = createUpstream();
  const waits = [1, 1];
  const provider = budgeted(upstream.provider, { take: async () => waits.shift() ?? true });
  t.match(await provider.status('7'), { kind: 'no_information', raw: 'budget' });
  t.match(await provider.buy(ORDER), { kind: 'accepted' });
  t.same(upstream.calls, ['buy']);
});

t.test('every call goes through with its own priority', async (t) => {
  const upstream = createUpstream();
  const taken: Priority[] = [];
  const provider = budgeted(upstream.provider, {
    async take(priority) {
      taken.push(priority);
      return true;
    },
  });
  await provider.buy(ORDER);
  await provider.status('7');
  await provider.cancel('7');
  await provider.requestAnotherCode('7');
  await provider.finish('7');
  await provider.balance();
  await provider.countries();
  await provider.services();
  await provider.offers({});
  await provider.close();
  t.same(taken, ['purchase', 'poll', ...Array(3).fill('command'), ...Array(4).fill('read')]);
  t.same(upstream.calls, [
    ...['buy', 'status', 'cancel', 'requestAnotherCode', 'finish'],
    ...['balance', 'countries', 'services', 'offers', 'close'],
  ]);
});

t.test(
  'after too many requests polls and reads rest for five seconds, purchases and commands do not',
  async (t) => {
    const clock = createClock();
    const upstream = createUpstream();
    const provider = budgeted(upstream.provider, { take: async () => true, now: clock.now });
    upstream.status = { kind: 'no_information', raw: 'HTTP 429', throttled: true, retryAfterMs: null };
    await provider.status('7');
    t.equal(provider.budgetState().pausedUntilMs, clock.now() + 5_000);
    t.match(await provider.status('7'), { raw: 'budget', throttled: true, retryAfterMs: 5_000 });
    t.match(await provider.balance(), { detail: 'budget' });
    t.match(await provider.buy(ORDER), { kind: 'accepted' });
    t.match(await provider.cancel('7'), { kind: 'done' });
    upstream.purchase = { kind: 'not_sent', detail: 'http_429', throttled: true, retryAfterMs: 5_000 };
    t.match(await provider.buy(ORDER), { detail: 'http_429' });
    t.match(await provider.buy(ORDER), { detail: 'http_429' }, 'the usual back-off stops no purchase');
    clock.pass(5_000);
    upstream.status = WAITING;
    t.same(await provider.status('7'), WAITING);
    t.equal(provider.budgetState().pausedUntilMs, 0);
  },
);

t.test('when the provider says for how long, everything rests', async (t) => {
  const clock = createClock();
  const upstream = createUpstream();
  const provider = budgeted(upstream.provider, { take: async () => true, now: clock.now });
  upstream.purchase = { kind: 'not_sent', detail: 'http_429', throttled: true, retryAfterMs: 30_000 };
  await provider.buy(ORDER);
  clock.pass(10_000);
  t.same(await provider.buy(ORDER), {
    kind: 'not_sent',
    detail: 'budget',
    throttled: true,
    retryAfterMs: 20_000,
  });
  t.match(await provider.cancel('7'), { kind: 'no_information', throttled: true, retryAfterMs: 20_000 });
  t.match(await provider.status('7'), { raw: 'budget', retryAfterMs: 20_000 });
  t.same(upstream.calls, ['buy']);
});

t.test('while upstream says nothing polls are probes; purchases go on', async (t) => {
  const clock = createClock();
  const upstream = createUpstream();
  const provider = budgeted(upstream.provider, {
    take: async () => true,
    now: clock.now,
    failuresUntilSlow: 3,
  });
  upstream.status = NOTHING;
  for (let poll = 0; poll < 3; poll += 1) await provider.status('7');
  t.match(provider.budgetState(), { consecutiveFailures: 3, slowed: true });
  t.match(await provider.status('7'), { raw: 'budget', throttled: true, retryAfterMs: 3_000 });
  upstream.purchase = { kind: 'unknown', detail: 'reset' };
  t.match(await provider.buy(ORDER), { kind: 'unknown' });
  clock.pass(3_000);
  const probes = await Promise.all([provider.status('1'), provider.status('2'), provider.status('3')]);
  t.equal(probes.filter((answer) => answer === NOTHING).length, 1);
  clock.pass(3_000);
  upstream.status = WAITING;
  t.same(await provider.status('7'), WAITING);
  t.same(await provider.status('7'), WAITING, 'one answer is enough');
  t.match(provider.budgetState(), { consecutiveFailures: 0, slowed: false });
});

t.test('a probe that got no token leaves its turn to the next', async (t) => {
  const clock = createClock();
  const upstream = createUpstream();
  let tokens: true | number = true;
  const provider = budgeted(upstream.provider, {
    take: async () => tokens,
    now: clock.now,
    failuresUntilSlow: 1,
  });
  upstream.status = NOTHING;
  await provider.status('7');
  clock.pass(3_000);
  tokens = 100;
  t.match(await provider.status('7'), { raw: 'budget', retryAfterMs: 100 });
  tokens = true;
  t.equal(await provider.status('7'), NOTHING);
});

t.test('the registry makes a provider of each kind and no other', async (t) => {
  t.same(NUMBER_PROVIDER_KINDS, ['smsbower']);
  for (const kind of NUMBER_PROVIDER_KINDS) {
    const provider = createNumberProvider(kind, { apiUrl: 'http://127.0.0.1:1/', credentials: 'key' });
    await provider.close();
    t.same(await provider.buy(ORDER), {
      kind: 'not_sent',
      detail: 'client_closed',
      throttled: false,
      retryAfterMs: null,
    });
  }
  const account = { apiUrl: 'http://127.0.0.1:1/', credentials: 'key' };
  t.throws(() => createNumberProvider('toString', account), { message: /unknown provider kind "toString"/ });
});

interface Upstream {
  purchase: Outcome<Purchase>;
  status: StatusAnswer;
  calls: string[];
  provider: NumberProvider;
}

function createUpstream(): Upstream {
  const did = <Answer>(name: string, answer: Answer): Answer => {
    upstream.calls.push(name);
    return answer;
  };
  const upstream: Upstream = {
    purchase: { kind: 'accepted', value: { providerRef: '7', phone: '+15551234567', costMicros: null } },
    status: WAITING,
    calls: [],
    provider: {
      buy: async () => did('buy', upstream.purchase),
      status: async () => did('status', upstream.status),
      cancel: async () => did('cancel', { kind: 'done' }),
      requestAnotherCode: async () => did('requestAnotherCode', { kind: 'done' }),
      finish: async () => did('finish', { kind: 'done' }),
      balance: async () => did('balance', { kind: 'ok', value: 1n }),
      countries: async () => did('countries', { kind: 'ok', value: [] }),
      services: async () => did('services', { kind: 'ok', value: [] }),
      offers: async () => did('offers', { kind: 'ok', value: [] }),
      close: async () => did('close', undefined),
    },
  };
  return upstream;
}

function createClock() {
  let nowMs = 1_800_000_000_000;
  return {
    now: () => nowMs,
    pass(milliseconds: number) {
      nowMs += milliseconds;
    },
  };
}
