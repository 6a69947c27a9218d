import { type Benchmark, type Figure, MOST_SWING, type Outcome, swingOf } from './benchmark.ts';
import type { Machine } from './machine.ts';
import { type Spread, spreadOf } from './statistics.ts';

export type Verdict = 'goal' | 'floor' | 'below' | 'told' | 'skipped';

export interface JudgedFigure extends Omit<Figure, 'values'>, Spread {
  values: number[];
  verdict: Verdict;
}

/** One benchmark's outcome, as it is written and printed. */
export interface Result extends Omit<Outcome, 'figures'> {
  name: string;
  ours: string;
  limit: string;
  at: string;
  rounds: number;
  seconds: number;
  /** Too few rounds for a figure that may be quoted. */
  tryOut: boolean;
  /** Fastest over slowest round of the limit. */
  limitSwing: number;
  figures: JudgedFigure[];
  machine: Machine;
}

export const FULL_ROUNDS = 5;

export function judge(
  benchmark: Benchmark,
  outcome: Outcome,
  about: { rounds: number; seconds: number; machine: Machine },
): Result {
  const limitSwing = swingOf(outcome.sides);
  const skipped = limitSwing > MOST_SWING;
  return {
    name: benchmark.name,
    ours: benchmark.ours,
    limit: benchmark.limit,
    at: new Date().toISOString(),
    ...about,
    tryOut: about.rounds < FULL_ROUNDS,
    limitSwing,
    sides: outcome.sides,
    notes: outcome.notes ?? [],
    figures: outcome.figures.map((figure) => {
      const spread = spreadOf(figure.values);
      return { ...figure, ...spread, verdict: skipped ? 'skipped' : verdictOf(figure, spread.median) };
    }),
  };
}

function verdictOf({ better, floor, goal }: Figure, median: number): Verdict {
  const reaches = (bound: number) => (better === 'higher' ? median >= bound : median <= bound);
  if (goal !== null && reaches(goal)) return 'goal';
  if (floor === null) return 'told';
  return reaches(floor) ? 'floor' : 'below';
}
