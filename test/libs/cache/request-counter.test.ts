import t from 'tap';
import { type CountedRequest, createRequestCounter } from '#libs/cache';
import { withCountedScript } from '../../helpers/counted-script.ts';
import type { Teardown } from '../../helpers/services.ts';

t.test('requests of one turn share one call and are counted one by one', async (t) => {
  const { count, calls } = open(t);
  const counted = await Promise.all([
    count({ apiKey: 'a' }),
    count({ apiKey: 'b' }),
    count({ apiKey: 'a' }),
    count({ apiKey: 'a' }),
  ]);
  t.same(
    counted.map((one) => one.count),
    [1, 1, 2, 3],
  );
  t.ok(counted.every(({ windowLeftMs }) => windowLeftMs > 0 && windowLeftMs <= 1_000));
  t.equal((await count({ apiKey: 'a' })).count, 4);
  t.equal(calls(), 2);
});

t.test('more than one call holds are all counted', async (t) => {
  const { count, calls } = open(t);
  const counted = await Promise.all(Array.from({ length: 130 }, () => count({ apiKey: 'many' })));
  t.same(
    counted.map((one) => one.count),
    Array.from({ length: 130 }, (_, index) => index + 1),
  );
  t.equal(calls(), 3);
});

t.test('each poll reads its own rental, and only that of its user', async (t) => {
  const { count, write } = open(t);
  await write(1, { owner: 7, value: 'one' });
  await write(2, { owner: 8, value: 'two' });
  const values = await Promise.all([
    count({ apiKey: 'a', userId: 7, activationId: 1 }),
    count({ apiKey: 'b', userId: 8, activationId: 2 }),
    count({ apiKey: 'a', userId: 7, activationId: 2 }),
    count({ apiKey: 'b' }),
    count({ apiKey: 'b', userId: 8, activationId: 3 }),
    count({ apiKey: 'b', userId: 8, activationId: 2 }),
  ]);
  t.same(
    values.map(({ reply }) => reply),
    ['one', 'two', null, null, null, 'two'],
  );
});

t.test('above its limit a partner reads nothing; the others do', async (t) => {
  const { count, write } = open(t);
  await write(1, { owner: 7, value: 'one' });
  await count({ apiKey: 'a', limit: 3 });
  const poll = (apiKey: string) => count({ apiKey, limit: 3, userId: 7, activationId: 1 });
  const polled = await Promise.all([poll('a'), poll('b'), poll('a'), poll('a'), poll('b')]);
  t.same(
    polled.map(({ reply }) => reply),
    ['one', 'one', 'one', null, 'one'],
  );
  t.same(
    polled.map((one) => one.count),
    [2, 1, 3, 4, 2],
  );
  t.equal((await count({ apiKey: 'a', limit: 3, userId: 7, activationId: 1 })).reply, null);
});

t.test('a failed call fails each of its requests, and no later one', async (t) => {
  const { count, answerBy, working } = open(t);
  answerBy(async () => Promise.reject(new Error('away')));
  const results = await Promise.allSettled([count({ apiKey: 'a' }), count({ apiKey: 'b' })]);
  t.ok(results.every(({ status }) => status === 'rejected'));
  answerBy(working);
  t.equal((await count({ apiKey: 'a' })).count, 1);
});

function open(t: Teardown) {
  const { subject: counter, ...counted } = withCountedScript(t, 'countAndRead', (parts) =>
    createRequestCounter({ ...parts, open: (_id, value) => value }),
  );
  const count = (request: Partial<CountedRequest>) =>
    counter.count({ apiKey: '', limit: 0, userId: 0, activationId: null, ...request });
  const write = (id: number, { owner, value }: { owner: number; value: string }) =>
    counted.redis.hset(counted.keys.activation(id), { owner, value });
  return { count, write, ...counted };
}
