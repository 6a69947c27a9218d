import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Which cores a process may use, in taskset's words; null where processes cannot be pinned. */
export type Cores = string | null;

export interface Placement {
  /** The measured process alone. */
  measured: Cores;
  /** Generator, PostgreSQL, Redis, stand-ins and this process. */
  rest: Cores;
  all: Cores;
}

let placement: Placement | undefined;

export function placementOf(): Placement {
  placement ??= findPlacement();
  return placement;
}

function findPlacement(): Placement {
  const cores = cpus().length;
  const usable = availableParallelism() === cores && cores > 1;
  if (!usable || spawnSync('taskset', ['--version']).status !== 0)
    return { measured: null, rest: null, all: null };
  return { measured: '0', rest: cores === 2 ? '1' : `1-${cores - 1}`, all: `0-${cores - 1}` };
}

/** This process and all that it starts from now on, unless told otherwise, stay off the measured core. */
export function leaveMeasuredCore(): void {
  const { rest } = placementOf();
  if (rest !== null) spawnSync('taskset', ['-a', '-c', '-p', rest, String(process.pid)]);
}

export function onCores(cores: Cores, command: string, args: string[]): [string, string[]] {
  return cores === null ? [command, args] : ['taskset', ['-c', cores, command, ...args]];
}

/**
 * Linux shares a core between sessions first (sched_autogroup), and `nice` counts within one only: a process that is to
 * stand back for PostgreSQL and Redis leads a session of the lowest priority. Elsewhere `nice` is enough.
 */
export function lowerSession(leader: number): void {
  try {
    writeFileSync(`/proc/${leader}/autogroup`, '19');
  } catch {
    // No such grouping here.
  }
}
