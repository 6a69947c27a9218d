import { createBatcher, type RedisClient } from '#libs/platform';
import type { Keys } from './keys.ts';
import { COUNT_AND_READ } from './scripts.ts';

/** What one window of a rate limit has seen, this request included. */
export interface RateCount {
  count: number;
  windowLeftMs: number;
}

/** One request of a partner, and the status it polls for, if it does. */
export interface CountedRequest {
  apiKey: string;
  /** Requests a second; above it no status is read. 0 = no limit. */
  limit: number;
  userId: number;
  activationId: number | null;
}

/** `reply`: what the status cache holds for that rental of that user; null when that is nothing. */
export type Counted = RateCount & { reply: string | null };

export interface RequestCounter {
  count(request: CountedRequest): Promise<Counted>;
}

const WINDOW_MS = 1_000;
const MOST_IN_ONE_CALL = 50;
const MOST_CALLS = 100;

/** Counts in Redis. Requests of one turn of the event loop share one call: a call costs more than what it does. */
export function createRequestCounter({
  redis,
  keys,
  open,
}: {
  redis: RedisClient;
  keys: Keys;
  /** Makes a reply of what the cache holds. */
  open(activationId: number, value: string): string | null;
}): RequestCounter {
  redis.defineCommand('countAndRead', { lua: COUNT_AND_READ });
  const commands = redis as unknown as {
    countAndRead(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<Flat>;
  };
  const batcher = createBatcher<CountedRequest, Counted>({
    async run(requests) {
      const asked = arrange(requests, keys);
      const flat = await commands.countAndRead(
        asked.partners.length + asked.entries.length,
        ...asked.partners.map(({ apiKey }) => keys.rateLimit(apiKey)),
        ...asked.entries,
        WINDOW_MS,
        asked.partners.length,
        ...asked.partners.flatMap(({ requests, limit }) => [requests, limit]),
        ...asked.readers,
      );
      return asked.places.map((place) => readPlace(asked, place, flat, open));
    },
    maxBatch: MOST_IN_ONE_CALL,
    maxRunning: MOST_CALLS,
  });
  return { count: (request) => batcher.add(request) };
}

/** Numbers for each partner, then values. */
type Flat = (number | string | null)[];

interface Arranged {
  partners: { apiKey: string; limit: number; requests: number }[];
  entries: string[];
  readers: (string | number)[];
  places: Place[];
}

/** Where a request is in the call. */
interface Place {
  partner: number;
  /** Of its partner's requests here it is this one, from 1. */
  turn: number;
  entry: { index: number; activationId: number } | null;
}

function arrange(requests: CountedRequest[], keys: Keys): Arranged {
  const arranged: Arranged = { partners: [], entries: [], readers: [], places: [] };
  const indexes = new Map<string, number>();
  for (const { apiKey, limit, userId, activationId } of requests) {
    const index = indexes.get(apiKey) ?? arranged.partners.length;
    indexes.set(apiKey, index);
    const partner = arranged.partners[index] ?? { apiKey, limit, requests: 0 };
    arranged.partners[index] = partner;
    partner.requests += 1;
    // Only readers have a limit here.
    partner.limit = Math.max(partner.limit, limit);
    const place: Place = { partner: index, turn: partner.requests, entry: null };
    if (activationId !== null) {
      place.entry = { index: arranged.entries.push(keys.activation(activationId)) - 1, activationId };
      arranged.readers.push(index + 1, place.turn, userId);
    }
    arranged.places.push(place);
  }
  return arranged;
}

function readPlace(
  { partners }: Arranged,
  { partner, turn, entry }: Place,
  flat: Flat,
  open: (activationId: number, value: string) => string | null,
): Counted {
  const countAfterAll = Number(flat[2 * partner]);
  const value = entry === null ? null : flat[2 * partners.length + entry.index];
  return {
    count: countAfterAll - (partners[partner]?.requests ?? 0) + turn,
    windowLeftMs: Number(flat[2 * partner + 1]),
    reply: entry !== null && typeof value === 'string' ? open(entry.activationId, value) : null,
  };
}
