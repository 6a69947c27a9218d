import type { Benchmark } from './harness/benchmark.ts';
import { compareStatus } from './status.ts';

export const statusFew: Benchmark = {
  name: 'status-few',
  ours: 'partner poll, 8 connections',
  limit: 'bare Fastify, constant JSON with a response schema',
  run: (run) => compareStatus(run, { connections: 8, floor: 0.4, goal: 0.65 }),
};
