import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '#libs/domain';
import { isDatabaseUnavailable } from '#libs/platform';

const ATTEMPTS = 8;

/**
 * Writes what a provider has answered, again while the database is away: the answer is known only here, and losing
 * it means asking around for it. About ten seconds in all; the fence makes repeating harmless.
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
