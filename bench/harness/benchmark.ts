import type { Sample } from './measure.ts';
import type { Run } from './run.ts';

/** One line of the table. */
export interface Benchmark {
  name: string;
  /** What of ours is measured. */
  ours: string;
  /** What it is measured against, in the same run. */
  limit: string;
  run(run: Run): Promise<Outcome>;
}

/** A number that is judged, once per round. */
export interface Figure {
  name: string;
  unit: string;
  better: 'higher' | 'lower';
  /** The least that may land; null: told, not judged. */
  floor: number | null;
  goal: number | null;
  values: number[];
}

/** One side of the measurement. */
export interface Side {
  name: string;
  isLimit: boolean;
  /** What is counted, such as `req`. */
  counted: string;
  samples: Sample[];
}

export interface Outcome {
  figures: Figure[];
  sides: Side[];
  /** What a reader must know to take the figures right. */
  notes?: string[];
}

/** A limit that moves more than this within one run says nothing about what is measured against it. */
export const MOST_SWING = 2;

export function swingOf(sides: Side[]): number {
  const swings = sides
    .filter((side) => side.isLimit && side.samples.length > 1)
    .map(({ samples }) => {
      const rates = samples.map((sample) => sample.perSecond);
      return Math.max(...rates) / Math.min(...rates);
    });
  return Math.max(1, ...swings);
}
