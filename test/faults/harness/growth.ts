import { readFileSync } from 'node:fs';
import { JOB_NAMES } from '#libs/jobs';
import type { Member } from './crew.ts';
import type { World } from './world.ts';

/** What must be the same before and after, taken while nothing is going on. */
export interface Rest {
  /** Redis keys that never expire by themselves; finished jobs, which are bounded by their number, are left out. */
  lastingKeys: number;
  redisConnections: number;
  postgresConnections: number;
}

/** Resident megabytes of each process, by its name. */
export type Memory = Record<string, number>;

export function measureMemory(observed: Member[]): Memory {
  return Object.fromEntries(observed.map((member) => [member.name, residentMegabytes(member.pid)]));
}

export async function measureRest(world: World): Promise<Rest> {
  const info = String(await world.redis.command('INFO'));
  const { rows } = await world.ctx.db.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM pg_stat_activity WHERE datname = current_database()',
  );
  const [, keys = '0', expires = '0'] = /keys=(\d+),expires=(\d+)/.exec(info) ?? [];
  return {
    lastingKeys: Number(keys) - Number(expires) - (await countFinishedJobs(world)),
    redisConnections: Number(/connected_clients:(\d+)/.exec(info)?.[1]),
    postgresConnections: rows[0]?.count ?? 0,
  };
}

async function countFinishedJobs(world: World): Promise<number> {
  let count = 0;
  for (const name of JOB_NAMES)
    for (const state of ['completed', 'failed'])
      count += Number(await world.redis.command('ZCARD', `{smsx}:${name}:${state}`));
  return count;
}

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1_024);
}

/** The median of one process in the second quarter of the run and in the last one. */
export function growth(samples: Memory[], name: string): { early: number; late: number } {
  const values = samples.map((sample) => sample[name] ?? 0);
  const quarter = Math.floor(values.length / 4);
  return { early: median(values.slice(quarter, 2 * quarter)), late: median(values.slice(-quarter)) };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
