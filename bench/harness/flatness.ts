import type { Figure } from './benchmark.ts';

/** A cost that should be the same at every step of a scale; within a fifth counts as flat. */
export function flatness(name: string, values: number[] = []): Figure {
  return { name, unit: '×', better: 'lower', floor: 1.2, goal: 1.1, values };
}

/** A number that is told and not judged. */
export function told(name: string, unit: string, values: number[]): Figure {
  return { name, unit, better: 'lower', floor: null, goal: null, values };
}

export function dearestOverCheapest(costs: number[]): number {
  return Math.max(...costs) / Math.min(...costs);
}
