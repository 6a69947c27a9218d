import { isDatabaseUnavailable, sqlState } from '#libs/platform';

const SQL_STATE = /^[0-9A-Z]{5}$/;

/**
 * Has the database do a batch at once. When it refuses that, each is done by itself, so that one bad row does not cost
 * the others theirs; when nobody knows whether it was done, nothing is repeated and its error is everybody's.
 */
export async function doTogether<Item, Result>(
  batch: Item[],
  work: {
    together(items: Item[]): Promise<Result[]>;
    alone(item: Item): Promise<Result>;
  },
): Promise<(Result | Error)[]> {
  try {
    return await work.together(batch);
  } catch (error) {
    if (!wasRefused(error)) throw error;
  }
  const results: (Result | Error)[] = [];
  let lost: Error | null = null;
  for (const item of batch) {
    // Without a database the rest of the batch would wait for it row by row.
    const result: Result | Error = lost ?? (await work.alone(item).catch(asError));
    if (result instanceof Error && !wasRefused(result)) lost = result;
    results.push(result);
  }
  return results;
}

/** PostgreSQL answered and nothing was written; otherwise nobody knows, and nobody may write again. */
function wasRefused(error: unknown): boolean {
  return !isDatabaseUnavailable(error) && SQL_STATE.test(sqlState(error) ?? '');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
