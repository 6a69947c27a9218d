import { Cluster, Redis } from 'ioredis';
import type { RedisTarget } from './redis-url.ts';

export type RedisClient = Redis | Cluster;

export interface RedisOptions {
  target: RedisTarget;
  connectionName: string;
  onError: (error: Error) => void;
  /**
   * `fail-fast`: commands fail at once while Redis is away and after `commandTimeoutMs` when it hangs (requests).
   * `wait`: commands wait for Redis to come back (BullMQ workers, which block by design).
   */
  mode: 'fail-fast' | 'wait';
}

export const COMMAND_TIMEOUT_MS = 500;

/** Connects in the background: Redis may be down now and come later. */
export function openRedis({ target, connectionName, onError, mode }: RedisOptions): RedisClient {
  const common = {
    connectionName,
    enableOfflineQueue: mode === 'wait',
    maxRetriesPerRequest: mode === 'wait' ? null : 1,
    connectTimeout: 3_000,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1_000) + Math.random() * 100,
    ...(mode === 'fail-fast' ? { commandTimeout: COMMAND_TIMEOUT_MS } : {}),
  };
  const client = connect(target, common);
  client.on('error', onError);
  return client;
}

/** Resolves when Redis answers, or false after the time given. */
export function redisReady(client: RedisClient, timeoutMs: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (ready: boolean) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(ready);
    };
    const onReady = () => finish(true);
    const timer = setTimeout(() => finish(false), timeoutMs);
    client.once('ready', onReady);
  });
}

/** Says goodbye when it can, and hangs up at once when it cannot. */
export async function closeRedis(client: RedisClient): Promise<void> {
  if (client.status === 'ready') await client.quit().catch(() => undefined);
  client.disconnect();
}

function connect(target: RedisTarget, common: Record<string, unknown>): RedisClient {
  if (target.kind === 'single') return new Redis(target.url, common);
  if (target.kind === 'cluster') {
    const { retryStrategy, enableOfflineQueue, ...redisOptions } = common;
    return new Cluster(target.nodes, {
      redisOptions: { ...redisOptions, ...target.credentials },
      enableOfflineQueue: enableOfflineQueue === true,
      clusterRetryStrategy: retryStrategy as (attempt: number) => number,
    });
  }
  return new Redis({
    ...common,
    ...target.credentials,
    sentinels: target.sentinels,
    name: target.masterName,
    db: target.database,
  });
}
