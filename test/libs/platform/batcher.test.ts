import t from 'tap';
import { createBatcher } from '#libs/platform';

t.test(
  'one turn is one batch; what comes while it runs is the next, and never longer than allowed',
  async (t) => {
    const batches: number[][] = [];
    const { run, release } = heldBack(batches);
    const batcher = createBatcher({
      run,
      maxBatch: 3,
      maxRunning: 1,
      overflow: { maxWaiting: 100, error: overflow },
    });
    const first = [batcher.add(1), batcher.add(2)];
    await turn();
    const later = [3, 4, 5, 6].map((item) => batcher.add(item));
    await turn();
    t.same(batches, [[1, 2]], 'the second batch waits for the first');
    release();
    t.same(await Promise.all(first), [10, 20]);
    release();
    await turn();
    release();
    t.same(await Promise.all(later), [30, 40, 50, 60]);
    t.same(batches, [[1, 2], [3, 4, 5], [6]]);
  },
);

t.test('an error of one is its own, an error of all is everybody’s, and afterwards it goes on', async (t) => {
  const run = async (items: number[]) => {
    if (items.includes(0)) throw new Error('all');
    return items.map((item) => (item < 0 ? new Error(`item ${item}`) : item));
  };
  const batcher = createBatcher({
    run,
    maxBatch: 9,
    maxRunning: 1,
    overflow: { maxWaiting: 9, error: overflow },
  });
  const mixed = await Promise.allSettled([1, -2, 3].map((item) => batcher.add(item)));
  t.match(mixed, [{ value: 1 }, { reason: { message: 'item -2' } }, { value: 3 }]);
  const all = await Promise.allSettled([1, 0].map((item) => batcher.add(item)));
  t.match(all, [{ reason: { message: 'all' } }, { reason: { message: 'all' } }]);
  t.equal(await batcher.add(4), 4);
});

t.test('several batches at once, where that is allowed', async (t) => {
  const batches: number[][] = [];
  const { run, release } = heldBack(batches);
  const batcher = createBatcher({
    run,
    maxBatch: 2,
    maxRunning: 2,
    overflow: { maxWaiting: 9, error: overflow },
  });
  const added = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
  await turn();
  t.same(batches, [
    [1, 2],
    [3, 4],
  ]);
  release();
  release();
  await turn();
  release();
  t.same(await Promise.all(added), [10, 20, 30, 40, 50]);
});

t.test('more than may wait is refused at once', async (t) => {
  const { run, release } = heldBack([]);
  const batcher = createBatcher({
    run,
    maxBatch: 1,
    maxRunning: 1,
    overflow: { maxWaiting: 2, error: overflow },
  });
  const running = batcher.add(1);
  await turn();
  const waiting = [batcher.add(2), batcher.add(3)];
  await t.rejects(batcher.add(4), { message: 'too many' });
  for (const _ of [1, 2, 3]) {
    release();
    await turn();
  }
  t.same(await Promise.all([running, ...waiting]), [10, 20, 30]);
});

function overflow(): Error {
  return new Error('too many');
}

/** Work that ends one batch at a time, in their order, whenever `release` is called. */
function heldBack(batches: number[][]) {
  const held: (() => void)[] = [];
  return {
    run: (items: number[]) =>
      new Promise<number[]>((resolve) => {
        batches.push(items);
        held.push(() => resolve(items.map((item) => 10 * item)));
      }),
    release: () => held.shift()?.(),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
