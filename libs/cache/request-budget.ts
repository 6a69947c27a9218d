import type { RedisClient } from '#libs/platform';
import type { Keys } from './keys.ts';
import { TAKE_TOKEN } from './scripts.ts';

/** Requests to one provider row, shared by all processes. */
export interface RequestBudget {
  /**
   * Takes one request. `reserve` is the share of the bucket (0 to 1) that must remain for more urgent callers.
   * Returns 0, or the milliseconds after which to ask again.
   */
  take(request: { providerId: number; ratePerSecond: number; reserve: number }): Promise<number>;
}

export function createRequestBudget({ redis, keys }: { redis: RedisClient; keys: Keys }): RequestBudget {
  redis.defineCommand('takeToken', { numberOfKeys: 1, lua: TAKE_TOKEN });
  const commands = redis as unknown as {
    takeToken(bucket: string, rate: number, burst: number, reserve: number): Promise<number>;
  };
  return {
    async take({ providerId, ratePerSecond, reserve }) {
      const burst = Math.max(ratePerSecond, 2);
      return commands.takeToken(keys.budget(providerId), ratePerSecond, burst, Math.floor(burst * reserve));
    },
  };
}
