import type { Figure, Outcome, Side } from './benchmark.ts';
import type { Sample } from './measure.ts';
import type { Run } from './run.ts';

export interface Contest {
  ours: { name: string; counted: string; measure: () => Promise<Sample> };
  limit: { name: string; counted: string; measure: () => Promise<Sample> };
  floor: number;
  goal: number;
}

/** Measures both in every round, the order changing, and takes each round's own ratio. */
export async function compare(run: Run, contest: Contest): Promise<Outcome> {
  const { ours, limit } = contest;
  const sides: Record<'ours' | 'limit', Side> = {
    ours: { name: ours.name, isLimit: false, counted: ours.counted, samples: [] },
    limit: { name: limit.name, isLimit: true, counted: limit.counted, samples: [] },
  };
  const ratio: Figure = {
    name: 'ratio',
    unit: '×',
    better: 'higher',
    floor: contest.floor,
    goal: contest.goal,
    values: [],
  };
  for (let round = 1; round <= run.rounds; round += 1) {
    const order = round % 2 === 1 ? (['ours', 'limit'] as const) : (['limit', 'ours'] as const);
    for (const side of order) {
      run.progress(`round ${round} of ${run.rounds}: ${contest[side].name}`);
      sides[side].samples.push(await contest[side].measure());
    }
    ratio.values.push(rateOf(sides.ours) / rateOf(sides.limit));
  }
  return { figures: [ratio], sides: [sides.ours, sides.limit] };
}

function rateOf({ samples }: Side): number {
  return samples.at(-1)?.perSecond ?? Number.NaN;
}
