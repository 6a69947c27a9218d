import { createBatcher, type RedisClient } from '#libs/platform';
import type { Keys } from './keys.ts';
import { TAKE_TOKENS } from './scripts.ts';

/** One request to one provider row. */
export interface TokenRequest {
  providerId: number;
  ratePerSecond: number;
  /** The share of the bucket (0 to 1) that must remain for more urgent callers. */
  reserve: number;
}

/** Requests to one provider row, shared by all processes. */
export interface RequestBudget {
  /** Takes one request. Returns 0, or the milliseconds after which to ask again. */
  take(request: TokenRequest): Promise<number>;
}

const MOST_IN_ONE_CALL = 1_000;
const MOST_CALLS = 100;

/** Askers of one turn of the event loop share one call; among equals the first to ask is the first to get. */
export function createRequestBudget({ redis, keys }: { redis: RedisClient; keys: Keys }): RequestBudget {
  redis.defineCommand('takeTokens', { numberOfKeys: 1, lua: TAKE_TOKENS });
  const commands = redis as unknown as {
    takeTokens(
      bucket: string,
      rate: number,
      burst: number,
      reserve: number,
      wanted: number,
    ): Promise<[number, number]>;
  };

  async function takeTogether({ request, places }: Equals, waits: (number | Error)[]): Promise<void> {
    const { providerId, ratePerSecond, reserve } = request;
    const burst = Math.max(ratePerSecond, 2);
    const kept = Math.floor(burst * reserve);
    await commands.takeTokens(keys.budget(providerId), ratePerSecond, burst, kept, places.length).then(
      ([taken, waitMs]) => {
        for (const [index, place] of places.entries()) waits[place] = index < taken ? 0 : waitMs;
      },
      (error: Error) => {
        for (const place of places) waits[place] = error;
      },
    );
  }

  const batcher = createBatcher<TokenRequest, number>({
    async run(requests) {
      const waits: (number | Error)[] = Array(requests.length);
      await Promise.all(arrange(requests).map((equals) => takeTogether(equals, waits)));
      return waits;
    },
    maxBatch: MOST_IN_ONE_CALL,
    maxRunning: MOST_CALLS,
  });
  return { take: (request) => batcher.add(request) };
}

/** Requests between which nothing but their order decides. */
interface Equals {
  request: TokenRequest;
  /** Where they are in the batch, in the order in which they were made. */
  places: number[];
}

/** The most urgent, which leave the least behind, come first. */
function arrange(requests: TokenRequest[]): Equals[] {
  const groups = new Map<string, Equals>();
  for (const [place, request] of requests.entries()) {
    const name = `${request.providerId} ${request.ratePerSecond} ${request.reserve}`;
    const equals = groups.get(name);
    if (equals) equals.places.push(place);
    else groups.set(name, { request, places: [place] });
  }
  return [...groups.values()].sort((a, b) => a.request.reserve - b.request.reserve);
}
