import { cpus, loadavg, totalmem } from 'node:os';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { placementOf } from './cores.ts';

/** What a figure depends on beside the code. */
export interface Machine {
  cores: number;
  model: string;
  memoryGiB: number;
  /** Of the last 1, 5 and 15 minutes, before the first round. */
  loadBefore: number[];
  node: string;
  postgres: string;
  redis: string;
  pinned: string;
  generator: string;
}

const versions = { postgres: 'not used', redis: 'not used' };

/** Remembers what the services are; told by the first benchmark that starts some. */
export async function noteVersions(client: pg.Client, redisUrl: string): Promise<void> {
  const setting = async (name: string) => {
    const { rows } = await client.query('SELECT current_setting($1) AS value', [name]);
    return String(rows[0]?.value);
  };
  const commit = `fsync ${await setting('fsync')}, synchronous_commit ${await setting('synchronous_commit')}`;
  versions.postgres = `${await setting('server_version')} (${commit})`;
  const redis = new Redis(redisUrl);
  const info = await redis.info();
  await redis.quit();
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '?';
  versions.redis = `${value('redis_version')} (AOF ${value('aof_enabled') === '1' ? 'on' : 'off'})`;
}

export function describeMachine(loadBefore: number[]): Machine {
  const { measured, rest } = placementOf();
  return {
    cores: cpus().length,
    model: cpus()[0]?.model.trim() ?? '?',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore,
    node: process.versions.node,
    ...versions,
    pinned:
      measured === null
        ? 'nothing: everything shares all cores'
        : `measured process on core ${measured}; generator, PostgreSQL, Redis and stand-ins on ${rest}`,
    generator: 'bench/programs/load.ts, one process',
  };
}

export function loadNow(): number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}
