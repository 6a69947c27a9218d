import { readFileSync } from 'node:fs';
import type { Member } from './crew.ts';
import type { World } from './world.ts';

/** What must not grow while an installation runs, taken at one moment. */
export interface Sample {
  /** Resident memory of each observed process, by its name, in megabytes. */
  memory: Record<string, number>;
  /** Redis keys that never expire by themselves. */
  lastingKeys: number;
  redisConnections: number;
  postgresConnections: number;
}

export async function takeSample(world: World, observed: Member[]): Promise<Sample | null> {
  try {
    const clients = Number(
      /connected_clients:(\d+)/.exec(String(await world.redis.command('INFO', 'clients')))?.[1],
    );
    const { rows } = await world.ctx.db.query<{ count: number }>(
      'SELECT count(*)::integer AS count FROM pg_stat_activity WHERE datname = current_database()',
    );
    return {
      memory: Object.fromEntries(observed.map((member) => [member.name, residentMegabytes(member.pid)])),
      lastingKeys: await countLastingKeys(world),
      redisConnections: clients,
      postgresConnections: rows[0]?.count ?? 0,
    };
  } catch {
    // A service is away just now; the next sample will do.
    return null;
  }
}

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1_024);
}

async function countLastingKeys(world: World): Promise<number> {
  const info = String(await world.redis.command('INFO', 'keyspace'));
  const [, keys = '0', expires = '0'] = /keys=(\d+),expires=(\d+)/.exec(info) ?? [];
  return Number(keys) - Number(expires);
}

/** The median of one series in the second quarter of the run and in the last one. */
export function growth(samples: Sample[], read: (sample: Sample) => number): { early: number; late: number } {
  const values = samples.map(read);
  const quarter = Math.floor(values.length / 4);
  return { early: median(values.slice(quarter, 2 * quarter)), late: median(values.slice(-quarter)) };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
