import type { CallerSpec, LoadRequest, LoadSpec, MeterResult } from '../programs/protocol.ts';
import { placementOf } from './cores.ts';
import { cpuSecondsOf } from './process-stats.ts';
import { startProgram } from './programs.ts';
import type { Run } from './run.ts';

/** One measurement of one side in one round. */
export interface Sample {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  mostMs: number;
  /** Of the measured processes; null where /proc is not. */
  cpuMicrosEach: number | null;
  /** CPU time of the measured processes over time: 1 is one core fully used. */
  busy: number | null;
  statuses: Record<string, number>;
}

export interface Target {
  port: number;
  /** The measured processes. */
  pids: number[];
}

export interface LoadOptions {
  connections: number;
  requests: LoadRequest[];
  ratePerSecond?: number;
  warmSeconds?: number;
  seconds?: number;
}

const WARM_SECONDS = 1.5;
/** So that no two measurements of a run use a number twice. */
let nextSequence = 1;
const SEQUENCES_EACH = 100_000_000;

/** Runs the load generator against a target. */
export function measureLoad(run: Run, target: Target, options: LoadOptions): Promise<Sample> {
  const spec: LoadSpec = {
    port: target.port,
    connections: options.connections,
    warmSeconds: options.warmSeconds ?? WARM_SECONDS,
    seconds: options.seconds ?? run.seconds,
    ratePerSecond: options.ratePerSecond ?? null,
    firstSequence: nextSequence,
    requests: options.requests,
  };
  nextSequence += SEQUENCES_EACH;
  return runMeter(run, 'load', spec, target.pids);
}

/** Runs bare undici in a loop; it is the measured process itself. */
export function measureCaller(
  run: Run,
  spec: Omit<CallerSpec, 'warmSeconds' | 'seconds'>,
  cores = placementOf().measured,
): Promise<Sample> {
  return runMeter(run, 'caller', { ...spec, warmSeconds: WARM_SECONDS, seconds: run.seconds }, null, cores);
}

/** `pids` null: the meter's own. Rejects when anything but 2xx was answered. */
function runMeter(
  run: Run,
  name: 'load' | 'caller',
  spec: object,
  pids: number[] | null,
  cores = placementOf().rest,
): Promise<Sample> {
  const cpuAt: Record<string, number | null> = {};
  return new Promise((resolve, reject) => {
    const child = startProgram(run.scope, name, spec, {
      cores,
      onLine: (line) => {
        if (line.event === 'result') return settle(line.result);
        cpuAt[line.event] = cpuSecondsOf(pids ?? [child.pid ?? 0]);
      },
    });
    const settle = (result: MeterResult) => {
      const problem = problemOf(result);
      if (problem) reject(new Error(problem));
      else resolve(sampleOf(result, difference(cpuAt.begin, cpuAt.end)));
    };
    child.once('exit', (code) => code !== 0 && reject(new Error(`the program ${name} ended with ${code}`)));
  });
}

function difference(before: number | null | undefined, after: number | null | undefined): number | null {
  return typeof before === 'number' && typeof after === 'number' ? after - before : null;
}

function problemOf({ requests, statuses }: MeterResult): string | null {
  const wrong = Object.entries(statuses).filter(([status]) => !/^2\d\d$/.test(status));
  if (wrong.length > 0)
    return `wrong answers: ${wrong.map(([status, count]) => `${count} × ${status === '0' ? 'connection lost' : status}`).join(', ')}`;
  return requests === 0 ? 'no answer came' : null;
}

function sampleOf(result: MeterResult, cpuSeconds: number | null): Sample {
  return {
    perSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    mostMs: result.mostMs,
    cpuMicrosEach: cpuSeconds === null ? null : (cpuSeconds * 1e6) / result.requests,
    busy: cpuSeconds === null ? null : cpuSeconds / result.seconds,
    statuses: result.statuses,
  };
}
