import type { Figure } from './benchmark.ts';

/** A cost that should not grow with the steps of a scale; within a fifth counts as flat. */
export function flatness(name: string, values: number[] = []): Figure {
  return { name, unit: '×', better: 'lower', floor: 1.2, goal: 1.1, values };
}

/** A number that is told and not judged. */
export function told(name: string, unit: string, values: number[]): Figure {
  return { name, unit, better: 'lower', floor: null, goal: null, values };
}

/** The worst step up: each cost over the least of those before it. Below 1 where every step is cheaper. */
export function mostGrowth(costs: number[]): number {
  return Math.max(...costs.slice(1).map((cost, index) => cost / Math.min(...costs.slice(0, index + 1))));
}
