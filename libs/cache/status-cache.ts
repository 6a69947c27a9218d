import type { RedisClient, Vault } from '#libs/platform';
import type { Keys } from './keys.ts';
import { createRequestCounter, type RateCount } from './request-counter.ts';
import { READ_STATUSES, WRITE_STATUS } from './scripts.ts';

export interface CachedStatus {
  activationId: number;
  userId: number;
  /** Of the row; an older one never replaces a newer one. */
  version: number;
  /** The reply as JSON text. */
  reply: string;
  /** The reply holds a code or upstream's raw words, and is encrypted in Redis. */
  secret: boolean;
  /** Nothing newer is expected. */
  final: boolean;
}

export interface StatusCache {
  /**
   * Rate limit, owner and status in one round trip, which all requests of one turn share. `reply` is null when
   * unknown, or when the limit is passed.
   */
  poll(request: {
    apiKey: string;
    limit: number;
    userId: number;
    activationId: number;
  }): Promise<RateCount & { reply: string | null }>;
  /** Replies of many rentals in one round trip, in their order; null where one is unknown, or another user's. */
  readMany(request: { userId: number; activationIds: number[] }): Promise<(string | null)[]>;
  /** Counts a request in the same window as `poll`. */
  countRequest(apiKey: string): Promise<RateCount>;
  write(status: CachedStatus): Promise<void>;
}

/**
 * A write may be lost while Redis is away, and the older reply may still be there when it is back. So a reply that
 * can change lives shortly: after that the row is read once.
 */
const LIVE_SECONDS = 30;
const FINAL_SECONDS = 3_600;

export function createStatusCache({
  redis,
  keys,
  vault,
}: {
  redis: RedisClient;
  keys: Keys;
  vault: Vault;
}): StatusCache {
  const commands = defineCommands(redis);
  const counter = createRequestCounter({ redis, keys, open: (id, value) => open(vault, id, value) });
  return {
    poll: (request) => counter.count(request),
    countRequest: (apiKey) => counter.count({ apiKey, limit: 0, userId: 0, activationId: null }),
    async readMany({ userId, activationIds }) {
      const names = activationIds.map((id) => keys.activation(id));
      const values = await commands.readStatuses(names.length, ...names, userId);
      return activationIds.map((id, index) => {
        const value = values[index];
        return typeof value === 'string' ? open(vault, id, value) : null;
      });
    },
    async write(status) {
      await commands.writeStatus(
        keys.activation(status.activationId),
        status.version,
        status.userId,
        seal(vault, status),
        status.final ? FINAL_SECONDS : LIVE_SECONDS,
      );
    },
  };
}

interface StatusCommands {
  readStatuses(keyCount: number, ...namesAndUser: (string | number)[]): Promise<(string | null)[]>;
  writeStatus(
    activation: string,
    version: number,
    userId: number,
    value: string,
    seconds: number,
  ): Promise<number>;
}

/** ioredis adds the named commands to the client; this names what it added. */
function defineCommands(redis: RedisClient): StatusCommands {
  redis.defineCommand('readStatuses', { lua: READ_STATUSES });
  redis.defineCommand('writeStatus', { numberOfKeys: 1, lua: WRITE_STATUS });
  return redis as unknown as StatusCommands;
}

function seal(vault: Vault, status: CachedStatus): string {
  if (!status.secret) return `p${status.reply}`;
  return `e${vault.encrypt(status.reply, context(status.activationId)).toString('base64')}`;
}

/** A value that does not decrypt (a key was changed) counts as unknown: the row knows. */
function open(vault: Vault, activationId: number, value: string): string | null {
  if (value.startsWith('p')) return value.slice(1);
  try {
    return vault.decrypt(Buffer.from(value.slice(1), 'base64'), context(activationId));
  } catch {
    return null;
  }
}

function context(activationId: number): string {
  return `cache.status:${activationId}`;
}
