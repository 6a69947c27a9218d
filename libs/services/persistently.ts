import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '#libs/domain';
import { isDatabaseUnavailable } from '#libs/platform';

const ATTEMPTS = 8;

/**
 * For what is known only here, such as what a provider has answered or which rental a caller will not hear of: done
 * again while the database is away, for about ten seconds in all. `write` must bear being done twice.
 */
export async function persistently<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === ATTEMPTS || !isDatabaseUnavailable(error)) throw error;
      await delay(backoffMs(attempt, { baseMs: 100, mostMs: 3_000 }));
    }
  }
}
