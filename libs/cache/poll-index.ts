import type { RedisClient } from '#libs/platform';
import type { Keys } from './keys.ts';
import { CLAIM_DUE } from './scripts.ts';

/** When each live rental is to be asked about next: one sorted set, score = milliseconds since 1970. */
export interface PollIndex {
  schedule(entries: { activationId: number; atMs: number }[]): Promise<void>;
  /** Adds only those that are missing, as a rebuild must not disturb running schedules. */
  scheduleMissing(entries: { activationId: number; atMs: number }[]): Promise<void>;
  remove(activationIds: number[]): Promise<void>;
  /** Takes up to `limit` due rentals, each for `leaseMs`; a crash only delays their poll by that. */
  claim(options: {
    nowMs: number;
    leaseMs: number;
    limit: number;
  }): Promise<{ activationId: number; dueAtMs: number }[]>;
  /** False after Redis lost its data: the index must be rebuilt from the rows. */
  isBuilt(): Promise<boolean>;
  markBuilt(): Promise<void>;
  size(): Promise<number>;
}

export function createPollIndex({ redis, keys }: { redis: RedisClient; keys: Keys }): PollIndex {
  redis.defineCommand('claimDue', { numberOfKeys: 1, lua: CLAIM_DUE });
  const commands = redis as unknown as {
    claimDue(due: string, nowMs: number, leaseUntilMs: number, limit: number): Promise<string[]>;
  };
  return {
    async schedule(entries) {
      if (entries.length > 0) await redis.zadd(keys.due, ...scoresAndMembers(entries));
    },
    async scheduleMissing(entries) {
      if (entries.length > 0) await redis.zadd(keys.due, 'NX', ...scoresAndMembers(entries));
    },
    async remove(activationIds) {
      if (activationIds.length > 0) await redis.zrem(keys.due, ...activationIds.map(String));
    },
    async claim({ nowMs, leaseMs, limit }) {
      const flat = await commands.claimDue(keys.due, nowMs, nowMs + leaseMs, limit);
      const claimed: { activationId: number; dueAtMs: number }[] = [];
      for (let i = 0; i + 1 < flat.length; i += 2) {
        claimed.push({ activationId: Number(flat[i]), dueAtMs: Number(flat[i + 1]) });
      }
      return claimed;
    },
    isBuilt: async () => (await redis.exists(keys.dueBuilt)) === 1,
    markBuilt: async () => {
      await redis.set(keys.dueBuilt, '1');
    },
    size: () => redis.zcard(keys.due),
  };
}

function scoresAndMembers(entries: { activationId: number; atMs: number }[]): (string | number)[] {
  return entries.flatMap(({ activationId, atMs }) => [Math.round(atMs), String(activationId)]);
}
