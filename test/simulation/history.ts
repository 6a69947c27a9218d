import fc from 'fast-check';
import { calmDown } from './calm.ts';
import { replaceClocks, restoreClocks } from './clock.ts';
import { EVENTS, type Event, happen } from './events.ts';
import { Invariants } from './invariants.ts';
import { World } from './world.ts';

/** A seed for dice and settings, and events, each packed into one number. */
export interface History {
  seed: number;
  events: number[];
}

/** How often each event happens, in thirty-seconds. */
const WEIGHTS: [Event['kind'], number][] = [
  ['a worker takes a job', 20],
  ['time passes', 9],
  ['a partner sends', 5],
  ['a partner rents', 5],
  ['a stopped task goes on', 5],
  ['the poller sweeps', 4],
  ['the poller reconciles', 4],
  ['the poller asks', 4],
  ['the SMS provider calls back', 5],
  ['a code arrives', 4],
  ['a partner asks for an end or a code', 4],
  ['a stopped task dies', 3],
  ['the number provider pushes', 3],
  ['the poller closes rentals', 2],
  ['the poller rebuilds its index', 2],
  ['the lock of a running job runs out', 2],
  ['a job is delivered twice', 2],
  ['a job is lost', 1],
  ['Redis is emptied', 1],
  ['the number provider cancels by itself', 1],
  ['a clock is wrong', 1],
];

const KINDS = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

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
  try {
    for (const packed of history.events) {
      await happen(world, unpack(packed));
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

function unpack(packed: number): Event {
  const kind = KINDS[(packed & 511) % KINDS.length] ?? 'time passes';
  return { kind, which: (packed >>> 9) & 31, far: (packed >>> 14) & 31, luck: (packed >>> 19) & 31 };
}

/** Every kind of event happens in some history. */
export const neverHappens = Object.keys(EVENTS).filter((kind) => !KINDS.includes(kind as Event['kind']));
