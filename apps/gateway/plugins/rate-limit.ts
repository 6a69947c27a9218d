import type { FastifyReply } from 'fastify';
import type { RateCount, StatusCache } from '#libs/cache';
import { PublicError } from '#libs/domain';
import type { Counter } from '#libs/platform';
import type { Partner } from '#libs/services';

/** What was counted against which limit. */
export type Counted = RateCount & { limit: number };

/** A fixed window of one second per API key, shared by all gateways; see docs/decisions/0003-rate-limit.md. */
export interface RateLimit {
  /** Null when there is no limit. */
  count(partner: Partner): Promise<Counted | null>;
  /** Counts, and reads the cached reply to `status` in the same trip. `reply` is null when it is not cached. */
  poll(partner: Partner, activation: { id: number; userId: number }): Promise<Polled>;
  /** Shows what was counted, and throws `rate_limited` when that is too much. */
  enforce(counted: Counted | null, reply: FastifyReply): void;
}

export interface Polled {
  counted: Counted | null;
  reply: string | null;
  /** Redis could not be asked. */
  away: boolean;
}

export interface RateLimitOptions {
  cache: Pick<StatusCache, 'countRequest' | 'poll'>;
  /** Of keys without a limit of their own; 0 = no limit. */
  limitPerSecond: number;
  rejected: Pick<Counter, 'inc'>;
}

/** After a failure Redis is left alone that long: a frozen one would cost every request its time limit. */
const AWAY_MS = 1_000;

export function createRateLimit({ cache, limitPerSecond, rejected }: RateLimitOptions): RateLimit {
  const countHere = localWindow();
  const usedUp = usedUpWindows();
  const limitOf = (partner: Partner) => partner.rateLimitPerSecond || limitPerSecond;
  let awayUntil = 0;
  const orAway = async <Value>(ask: () => Promise<Value>): Promise<Value | null> => {
    if (performance.now() < awayUntil) return null;
    try {
      return await ask();
    } catch {
      awayUntil = performance.now() + AWAY_MS;
      return null;
    }
  };
  return {
    async count(partner) {
      const { keyId } = partner;
      const limit = limitOf(partner);
      if (limit === 0) return null;
      const refused = usedUp.find(keyId);
      if (refused) return refused;
      const counted = (await orAway(() => cache.countRequest(keyId))) ?? countHere(keyId);
      return usedUp.note(keyId, { ...counted, limit });
    },
    async poll(partner, { id, userId }) {
      const { keyId } = partner;
      const limit = limitOf(partner);
      const refused = usedUp.find(keyId);
      if (refused) return { counted: refused, reply: null, away: false };
      const polled = await orAway(() => cache.poll({ apiKey: keyId, limit, userId, activationId: id }));
      const counted = limit === 0 ? null : usedUp.note(keyId, { ...(polled ?? countHere(keyId)), limit });
      return { counted, reply: polled?.reply ?? null, away: polled === null };
    },
    enforce(counted, reply) {
      if (!counted) return;
      const resetSeconds = Math.max(1, Math.ceil(counted.windowLeftMs / 1_000));
      const { limit } = counted;
      showLimit(reply, { limit, remaining: Math.max(0, limit - counted.count), resetSeconds });
      if (counted.count <= limit) return;
      rejected.inc();
      throw new PublicError('rate_limited', { retryAfterSeconds: resetSeconds });
    },
  };
}

/** The headers of a limit, whichever it is. */
export function showLimit(
  reply: FastifyReply,
  shown: { limit: number; remaining: number; resetSeconds: number },
): void {
  reply.header('ratelimit-limit', shown.limit);
  reply.header('ratelimit-remaining', shown.remaining);
  reply.header('ratelimit-reset', shown.resetSeconds);
}

/** A window known to be used up refuses here until it ends: what is shed must cost less than what is served. */
function usedUpWindows() {
  const windows = new Map<string, { count: number; limit: number; endsAt: number }>();
  return {
    find(keyId: string): Counted | null {
      const window = windows.get(keyId);
      if (!window) return null;
      const windowLeftMs = window.endsAt - performance.now();
      if (windowLeftMs > 0) return { count: window.count, limit: window.limit, windowLeftMs };
      windows.delete(keyId);
      return null;
    },
    note(keyId: string, counted: Counted): Counted {
      const { count, limit, windowLeftMs } = counted;
      if (count > limit) windows.set(keyId, { count, limit, endsAt: performance.now() + windowLeftMs });
      return counted;
    },
  };
}

/** The same window in this process alone, for as long as Redis is away. */
function localWindow(): (keyId: string) => RateCount {
  const windows = new Map<string, { count: number; endsAt: number }>();
  return (keyId) => {
    const now = performance.now();
    const running = windows.get(keyId);
    const window = running && running.endsAt > now ? running : { count: 0, endsAt: now + 1_000 };
    window.count += 1;
    windows.set(keyId, window);
    return { count: window.count, windowLeftMs: window.endsAt - now };
  };
}
