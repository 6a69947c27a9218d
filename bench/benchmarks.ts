import { accept } from './accept.ts';
import { acceptHot } from './accept-hot.ts';
import { acceptNaive } from './accept-naive.ts';
import { code } from './code.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { memory } from './memory.ts';
import { poll } from './poll.ts';
import { pollMany } from './poll-many.ts';
import { rent } from './rent.ts';
import { scaleActivations } from './scale-activations.ts';
import { scaleQueue } from './scale-queue.ts';
import { scaleTables } from './scale-tables.ts';
import { scaleWorkers } from './scale-workers.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { statusFew } from './status-few.ts';
import { statusNaive } from './status-naive.ts';
import { statuses } from './statuses.ts';
import { webhookNeighbours } from './webhook-neighbours.ts';
import { worker } from './worker.ts';
import { workerScale } from './worker-scale.ts';

/** In the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  status,
  statusFew,
  statusNaive,
  statuses,
  accept,
  acceptNaive,
  acceptHot,
  worker,
  workerScale,
  rent,
  code,
  poll,
  pollMany,
  start,
  memory,
  scaleWorkers,
  scaleActivations,
  scaleQueue,
  scaleTables,
  webhookNeighbours,
];
