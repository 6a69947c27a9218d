import t from 'tap';
import { createRequestBudget, type TokenRequest } from '#libs/cache';
import { withCountedScript } from '../../helpers/counted-script.ts';
import type { Teardown } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';

t.test('askers of one turn share one call, and get no more than there is', async (t) => {
  const { take, calls } = open(t);
  const waits = await Promise.all(Array.from({ length: 30 }, () => take({ ratePerSecond: 10 })));
  t.equal(calls(), 1);
  t.same(
    waits.map((wait) => wait === 0),
    waits.map((_, place) => place < 10),
    'the first to ask are the first to get',
  );
  t.ok(waits.slice(10).every((wait) => wait > 0 && wait <= 100));
});

t.test('more askers than one call holds get exactly what there is', async (t) => {
  const { take } = open(t);
  // A token comes each 100 seconds: none during the test.
  const ask = () => Promise.all(Array.from({ length: 1_500 }, () => take({ ratePerSecond: 0.01 })));
  t.equal(grantsOf(await ask()), 2, 'the least that a bucket holds');
  t.equal(grantsOf(await ask()), 0);
});

t.test('a reserve stays for the urgent, who come first', async (t) => {
  const { take } = open(t);
  const polls = await Promise.all(
    Array.from({ length: 100 }, () => take({ ratePerSecond: 50, reserve: 0.2 })),
  );
  t.equal(grantsOf(polls), 40, 'of 50');
  t.equal(await take({ ratePerSecond: 50 }), 0, 'which is theirs');
  const slow = { providerId: 2, ratePerSecond: 0.01 };
  const [poll, purchase] = await Promise.all([take({ ...slow, reserve: 0.5 }), take(slow)]);
  t.equal(purchase, 0);
  t.ok(poll && poll > 0, 'the other one stays, though the poll asked first');
});

t.test('each provider has its own', async (t) => {
  const { take } = open(t);
  const ask = (providerId: number) => take({ providerId, ratePerSecond: 0.01 });
  const waits = await Promise.all([ask(1), ask(1), ask(2), ask(1), ask(2), ask(2)]);
  t.same(
    waits.map((wait) => wait === 0),
    [true, true, true, false, true, false],
  );
});

t.test('what is granted over a while is the rate, however many ask', async (t) => {
  const { take } = open(t);
  const rate = 200;
  const ask = async (askers: number) =>
    grantsOf(await Promise.all(Array.from({ length: askers }, () => take({ ratePerSecond: rate }))));
  const startedAt = performance.now();
  let granted = await ask(2 * rate);
  t.ok(granted < 2 * rate, 'the bucket is empty');
  await until(
    async () => {
      granted += await ask(7);
      return granted >= 1.3 * rate;
    },
    { what: 'as many as three tenths of a second bring', everyMs: 1 },
  );
  // Redis counts whole milliseconds.
  const most = rate + ((performance.now() - startedAt + 1) / 1_000) * rate;
  t.ok(granted <= most, `${granted} granted, ${most} at most`);
});

t.test('a failed call fails each of its askers, and no others', async (t) => {
  const { take, answerBy, working } = open(t);
  answerBy((bucket, ...rest) =>
    String(bucket).endsWith('1') ? Promise.reject(new Error('away')) : working(bucket, ...rest),
  );
  const ask = (providerId: number) => take({ providerId, ratePerSecond: 5 });
  const results = await Promise.allSettled([ask(1), ask(2), ask(1)]);
  t.same(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected'],
  );
});

function grantsOf(waits: number[]): number {
  return waits.filter((wait) => wait === 0).length;
}

function open(t: Teardown) {
  const { subject: budget, ...counted } = withCountedScript(t, 'takeTokens', createRequestBudget);
  const take = (request: Partial<TokenRequest>) =>
    budget.take({ providerId: 1, ratePerSecond: 1, reserve: 0, ...request });
  return { take, ...counted };
}
