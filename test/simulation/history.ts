import fc from 'fast-check';
import { calmDown } from './calm.ts';
import { replaceClocks, restoreClocks } from './clock.ts';
import { type Event, happen } from './events.ts';
import { Invariants } from './invariants.ts';
import { World } from './world.ts';

/** A seed for dice and settings, and events, each packed into one number. */
export interface History {
  seed: number;
  events: number[];
}

/** How often each event happens, and whether it is about messages or rentals only. */
const WEIGHTS: [kind: Event['kind'], weight: number, about?: 'messages' | 'rentals'][] = [
  ['a worker takes a job', 20],
  ['time passes', 9],
  ['a partner sends', 5, 'messages'],
  ['a partner rents', 5, 'rentals'],
  ['a stopped task goes on', 5],
  ['the poller sweeps', 4],
  ['the poller reconciles', 4],
  ['the SMS provider calls back', 6, 'messages'],
  ['the poller asks', 5, 'rentals'],
  ['a code arrives', 5, 'rentals'],
  ['a partner asks for an end or a code', 6, 'rentals'],
  ['the number provider pushes', 4, 'rentals'],
  ['the number provider cancels by itself', 1, 'rentals'],
  ['the poller closes rentals', 2, 'rentals'],
  ['the poller rebuilds its index', 2, 'rentals'],
  ['a stopped task dies', 3],
  ['the lock of a running job runs out', 2],
  ['a job is delivered twice', 2],
  ['a job is lost', 1],
  ['Redis is emptied', 1],
  ['a clock is wrong', 1],
];

/** Two thirds of all histories are about one of the two, and so denser. */
const THEMES = [undefined, 'messages', 'rentals'].map((theme) =>
  WEIGHTS.filter(([, , about]) => !theme || !about || about === theme).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind),
  ),
);

export const historyArbitrary: fc.Arbitrary<History> = fc.record({
  seed: fc.noBias(fc.nat(2 ** 31 - 1)),
  events: fc.array(fc.noBias(fc.nat(2 ** 24 - 1)), { minLength: 1, maxLength: 60, size: 'max' }),
});

/** Runs one history to its rest. Always the same for the same history. */
export async function runHistory(
  history: History,
  words: string[] | null,
): Promise<{ broken: string[]; happened: number }> {
  const world = new World(words);
  const invariants = new Invariants(world);
  world.numbers.afterFinish = history.seed % 2 === 0 ? 'code' : 'cancelled';
  replaceClocks({
    wallMs: () => world.nowMs + world.running.skewMs,
    monotonicMs: () => world.nowMs,
    seed: history.seed,
  });
  let happened = 0;
  const kinds = THEMES[history.seed % THEMES.length] ?? [];
  try {
    for (const packed of history.events) {
      await happen(world, unpack(packed, kinds));
      happened += 1;
      const broken = invariants.broken();
      if (broken.length > 0) return { broken, happened };
    }
    const open = await calmDown(world);
    const broken = [...invariants.brokenAtRest(), ...open.map((row) => `never settled: ${row}`)];
    return { broken, happened };
  } finally {
    restoreClocks();
  }
}

function unpack(packed: number, kinds: Event['kind'][]): Event {
  const kind = kinds[(packed & 511) % kinds.length] ?? 'time passes';
  return { kind, which: (packed >>> 9) & 31, far: (packed >>> 14) & 31, luck: (packed >>> 19) & 31 };
}
