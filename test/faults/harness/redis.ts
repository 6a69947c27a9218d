import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { prepareRedis } from '../../../scripts/lib/embedded-redis.mjs';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { tethered } from '../../../scripts/lib/tether.mjs';
import type { Teardown } from '../../helpers/services.ts';

/** A redis-server of this test's own, which may be frozen, killed and emptied. Nothing of it survives a kill. */
export interface OwnRedis {
  port: number;
  pid(): number;
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Killed, and gone. */
  kill(): Promise<void>;
  command(...words: string[]): Promise<unknown>;
}

/** A file that may not grow is an error to deal with, not the end: as with a full disk. */
const IGNORE_FILE_LIMIT = 'trap "" XFSZ; exec "$0" "$@"';

export async function createOwnRedis(t: Teardown, settings: string[] = []): Promise<OwnRedis> {
  const { binary, libraryPath = '' } = await prepareRedis();
  const folder = mkdtempSync(join(tmpdir(), 'smsx-redis-'));
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  let child: ChildProcess | null = null;
  const redis: OwnRedis = {
    port,
    pid: () => child?.pid ?? 0,
    async start() {
      const [command, args] = tethered('KILL', 'sh', [
        '-c',
        IGNORE_FILE_LIMIT,
        binary,
        ...options,
        ...settings,
      ]);
      child = spawn(command, args, {
        stdio: 'ignore',
        env: { ...process.env, LD_LIBRARY_PATH: libraryPath },
      });
      await redis.command('PING');
    },
    signal: (signal) => child?.kill(signal),
    async kill() {
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGKILL');
      await gone;
    },
    async command(...words) {
      const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      const [name = 'PING', ...rest] = words;
      return client.call(name, ...rest).finally(() => client.disconnect());
    },
  };
  t.teardown(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return redis;
}
