import type { Scope } from './scope.ts';

/** What a benchmark is given. */
export interface Run {
  /** Everything it starts ends with it. */
  scope: Scope;
  rounds: number;
  /** Length of one measurement. */
  seconds: number;
  /** Length of the memory benchmark. */
  minutes: number;
  /** 1: the scale benchmarks at full size; less for a try-out. */
  size: number;
  /** Tells a person what is going on. */
  progress(text: string): void;
}
