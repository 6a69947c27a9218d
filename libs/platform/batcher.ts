/** Collects single requests and has them done together. */
export interface Batcher<Item, Result> {
  /** Resolves with this item's own result, or rejects with its own error or with that of the whole batch. */
  add(item: Item): Promise<Result>;
}

export interface BatcherOptions<Item, Result> {
  /** Does the work of all items at once: one result for each, in their order; an Error rejects that item alone. */
  run(items: Item[]): Promise<(Result | Error)[]>;
  maxBatch: number;
  /** Batches that may run at the same time. While so many do, what comes in waits for the next. */
  maxRunning: number;
  /** How many items may wait, and the error of one more. Without it there is no limit. */
  overflow?: { maxWaiting: number; error: () => Error };
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Without timers: what one turn of the event loop brings is one batch, and under load the next batch is what came in
 * while the last ran. So nobody waits when there is nothing to wait for, and batches grow with the load by themselves.
 */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const { maxBatch, maxRunning, overflow } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  let planned = false;

  const startAll = () => {
    planned = false;
    while (waiting.length > 0 && running < maxRunning) {
      const batch = waiting.length <= maxBatch ? waiting : waiting.slice(0, maxBatch);
      waiting = waiting.length <= maxBatch ? [] : waiting.slice(maxBatch);
      running += 1;
      void settle(options.run, batch).then(() => {
        running -= 1;
        startAll();
      });
    }
  };

  return {
    add(item) {
      if (overflow && waiting.length >= overflow.maxWaiting) return Promise.reject(overflow.error());
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (planned || running >= maxRunning) return;
        planned = true;
        setImmediate(startAll);
      });
    },
  };
}

/** Never rejects: what goes wrong is told to those who wait. */
async function settle<Item, Result>(
  run: BatcherOptions<Item, Result>['run'],
  batch: Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await run(batch.map(({ item }) => item));
    if (results.length !== batch.length) throw new Error('a batch has another number of results than items');
    batch.forEach(({ resolve, reject }, index) => {
      const result = results[index] as Result | Error;
      if (result instanceof Error) reject(result);
      else resolve(result);
    });
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
