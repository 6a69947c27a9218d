import type { Benchmark } from './harness/benchmark.ts';
import { status } from './status.ts';
import { statusFew } from './status-few.ts';

/** In the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [status, statusFew];
