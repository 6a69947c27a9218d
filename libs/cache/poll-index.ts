import { createBatcher, type RedisClient } from '#libs/platform';
import type { Keys } from './keys.ts';
import { CLAIM_DUE, SCHEDULE_DUE } from './scripts.ts';

export interface PollEntry {
  activationId: number;
  /** Milliseconds from now. A delay and no instant: processes' clocks differ, and only Redis's own counts. */
  inMs: number;
}

/** What was taken, and in how many milliseconds the first of the others is due (0: now; null: there is none). */
export interface PollClaim {
  claimed: { activationId: number; lateMs: number }[];
  nextInMs: number | null;
}

/** When each live rental is to be asked about next: one sorted set, score = milliseconds since 1970 by Redis's clock. */
export interface PollIndex {
  /** Calls of one turn of the event loop share one trip to Redis. */
  schedule(entries: PollEntry[]): Promise<void>;
  /** Those that have no schedule. */
  missing(activationIds: number[]): Promise<number[]>;
  /** Adds only those that are missing, as a rebuild must not disturb running schedules. */
  scheduleMissing(entries: PollEntry[]): Promise<void>;
  remove(activationIds: number[]): Promise<void>;
  /** Takes up to `limit` due rentals, each for `leaseMs`; a crash only delays their poll by that. */
  claim(options: { leaseMs: number; limit: number }): Promise<PollClaim>;
  /** False after Redis lost its data: the index must be rebuilt from the rows. */
  isBuilt(): Promise<boolean>;
  markBuilt(): Promise<void>;
  size(): Promise<number>;
}

const MOST_IN_ONE_CALL = 1_000;
const MOST_CALLS = 100;

export function createPollIndex({ redis, keys }: { redis: RedisClient; keys: Keys }): PollIndex {
  redis.defineCommand('scheduleDue', { numberOfKeys: 1, lua: SCHEDULE_DUE });
  redis.defineCommand('claimDue', { numberOfKeys: 1, lua: CLAIM_DUE });
  const commands = redis as unknown as {
    scheduleDue(due: string, mode: 'NX' | 'CH', ...delaysAndMembers: string[]): Promise<null>;
    claimDue(due: string, leaseMs: number, limit: number): Promise<[number | null, ...string[]]>;
  };
  const schedule = async (mode: 'NX' | 'CH', entries: PollEntry[]) => {
    if (entries.length > 0) await commands.scheduleDue(keys.due, mode, ...delaysAndMembers(entries));
  };
  const batcher = createBatcher<PollEntry[], void>({
    async run(lists) {
      await schedule('CH', lists.flat());
      return Array(lists.length).fill(undefined);
    },
    maxBatch: MOST_IN_ONE_CALL,
    maxRunning: MOST_CALLS,
  });
  return {
    schedule: (entries) => batcher.add(entries),
    async missing(activationIds) {
      if (activationIds.length === 0) return [];
      const scores = await redis.zmscore(keys.due, ...activationIds.map(String));
      return activationIds.filter((_, index) => scores[index] === null);
    },
    scheduleMissing: (entries) => schedule('NX', entries),
    async remove(activationIds) {
      if (activationIds.length > 0) await redis.zrem(keys.due, ...activationIds.map(String));
    },
    async claim({ leaseMs, limit }) {
      const [nextInMs, ...flat] = await commands.claimDue(keys.due, leaseMs, limit);
      const claimed: PollClaim['claimed'] = [];
      for (let i = 0; i + 1 < flat.length; i += 2) {
        claimed.push({ activationId: Number(flat[i]), lateMs: Number(flat[i + 1]) });
      }
      return { claimed, nextInMs: nextInMs === null ? null : Math.max(0, nextInMs) };
    },
    isBuilt: async () => (await redis.exists(keys.dueBuilt)) === 1,
    markBuilt: async () => {
      await redis.set(keys.dueBuilt, '1');
    },
    size: () => redis.zcard(keys.due),
  };
}

function delaysAndMembers(entries: PollEntry[]): string[] {
  return entries.flatMap(({ activationId, inMs }) => [String(Math.round(inMs)), String(activationId)]);
}
