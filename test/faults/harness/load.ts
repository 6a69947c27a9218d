import { setTimeout as delay } from 'node:timers/promises';
import type { Teardown } from '../../helpers/services.ts';
import type { Client, Partner, Wish } from './client.ts';
import type { Random } from './random.ts';

export interface LoadOptions {
  partners: Partner[];
  random: Random;
  sendsPerSecond?: number;
  rentsPerSecond?: number;
  /** Status polls of rentals that were bought. */
  pollsPerSecond?: number;
  /** Wishes under way at the same time, beyond which new ones wait. */
  mostInFlight?: number;
  /** What the partner does with a rental it was given. */
  afterRent?: (wish: Wish) => Promise<void>;
}

export interface Load {
  /** No new wish begins; resolves when every wish has its answer. */
  stop(): Promise<void>;
}

/** Several partners at once, at a steady rate, until stopped. */
export function startLoad(t: Teardown, client: Client, options: LoadOptions): Load {
  const inFlight = new Set<Promise<unknown>>();
  let stopped = false;
  t.teardown(() => {
    stopped = true;
  });
  const track = (work: Promise<unknown>) => {
    const tracked = work.catch(() => undefined).finally(() => inFlight.delete(tracked));
    inFlight.add(tracked);
  };
  const every = async (perSecond: number, begin: () => Promise<unknown>) => {
    while (!stopped && perSecond > 0) {
      if (inFlight.size < (options.mostInFlight ?? 50)) track(begin());
      await delay(1_000 / perSecond);
    }
  };
  const someone = () => options.random.pick(options.partners);
  const poll = async () => {
    const rented = client.log.wishes.filter((wish) => wish.kind === 'rent' && wish.id !== null);
    if (rented.length === 0) return;
    const { partner, id } = options.random.pick(rented);
    await client.status(partner, id ?? '');
  };
  const streams = [
    every(options.sendsPerSecond ?? 0, () => client.send(someone())),
    every(options.rentsPerSecond ?? 0, () => client.rent(someone()).then(options.afterRent)),
    every(options.pollsPerSecond ?? 0, poll),
  ];
  return {
    async stop() {
      stopped = true;
      await Promise.all(streams);
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}
