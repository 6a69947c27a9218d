import type { RedisClient, Vault } from '#libs/platform';
import type { Keys } from './keys.ts';
import { POLL_STATUS, RATE_LIMIT, WRITE_STATUS } from './scripts.ts';

/** What one window of a rate limit has seen, this request included. */
export interface RateCount {
  count: number;
  windowLeftMs: number;
}

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
  /** Rate limit, owner and status in one round trip. `reply` is null when unknown, or when the limit is passed. */
  poll(request: {
    apiKey: string;
    limit: number;
    userId: number;
    activationId: number;
  }): Promise<RateCount & { reply: string | null }>;
  /** Counts a request in the same window as `poll`. */
  countRequest(apiKey: string): Promise<RateCount>;
  write(status: CachedStatus): Promise<void>;
}

const WINDOW_MS = 1_000;
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
  return {
    async poll({ apiKey, limit, userId, activationId }) {
      const [count, windowLeftMs, value] = await commands.pollStatus(
        keys.rateLimit(apiKey),
        keys.activation(activationId),
        WINDOW_MS,
        limit,
        userId,
      );
      return { count, windowLeftMs, reply: value === null ? null : open(vault, activationId, value) };
    },
    async countRequest(apiKey) {
      const [count, windowLeftMs] = await commands.countRequest(keys.rateLimit(apiKey), WINDOW_MS);
      return { count, windowLeftMs };
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
  pollStatus(
    rate: string,
    activation: string,
    windowMs: number,
    limit: number,
    userId: number,
  ): Promise<[number, number, string | null]>;
  countRequest(rate: string, windowMs: number): Promise<[number, number]>;
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
  redis.defineCommand('pollStatus', { numberOfKeys: 2, lua: POLL_STATUS });
  redis.defineCommand('countRequest', { numberOfKeys: 1, lua: RATE_LIMIT });
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
