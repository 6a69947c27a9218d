import type { Config } from './config.ts';
import { type CrashPoint, createCrashPoint } from './crash-point.ts';
import { createVault, type Vault } from './crypto.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type Database, openDatabase } from './postgres.ts';
import { closeRedis, openRedis, type RedisClient } from './redis.ts';

export type AppName = 'gateway' | 'worker' | 'poller' | 'console' | 'cli' | 'sandbox';

/** What every app is given: configuration, its log, numbers, database, and one place to say how things end. */
export interface AppContext {
  name: AppName;
  config: Config;
  log: Logger;
  metrics: Metrics;
  database: Database;
  vault: Vault;
  /** Marks a place where a fault test may end the process; nothing otherwise. */
  crashPoint(point: CrashPoint): void;
  openRedis(mode: 'fail-fast' | 'wait'): RedisClient;
  /** Closed last-in-first-out; a failing step is logged and the next still runs. */
  onClose(name: string, close: () => unknown): void;
  /** Part of readiness: resolves to null when fine, else to what is wrong. */
  addCheck(name: string, check: () => Promise<string | null>): void;
  checkReadiness(): Promise<Record<string, string>>;
  readonly draining: boolean;
  /** Readiness turns red first, then everything closes. Safe to call twice. */
  close(): Promise<void>;
}

export interface AppContextOptions {
  maxConnections?: number;
  statementTimeoutMs?: number;
}

export function createAppContext(name: AppName, config: Config, options: AppContextOptions = {}): AppContext {
  const log = createLogger({ level: config.logLevel, app: name });
  const closers: { name: string; close: () => unknown }[] = [];
  const checks = new Map<string, () => Promise<string | null>>();
  const quietly = onceEvery(10_000, (what: string, err: Error) => log.warn({ event: `${what}.error`, err }));
  const database = openDatabase({
    url: config.databaseUrl,
    applicationName: `smsx-${name}`,
    ...(options.maxConnections ? { maxConnections: options.maxConnections } : {}),
    ...(options.statementTimeoutMs ? { statementTimeoutMs: options.statementTimeoutMs } : {}),
    onError: (error) => quietly('postgres', error),
  });
  let draining = false;
  let closing: Promise<void> | null = null;

  const context: AppContext = {
    name,
    config,
    log,
    metrics: createMetrics(name),
    database,
    vault: createVault(config.encryptionKey),
    crashPoint: createCrashPoint(config.crashAt),
    openRedis(mode) {
      const client = openRedis({
        target: config.redis,
        connectionName: `smsx-${name}`,
        mode,
        onError: (error) => quietly('redis', error),
      });
      context.onClose('redis', () => closeRedis(client));
      return client;
    },
    onClose: (closerName, close) => closers.push({ name: closerName, close }),
    addCheck: (checkName, check) => checks.set(checkName, check),
    async checkReadiness() {
      // At once: a balancer must not wait for a slow database to learn this.
      if (draining) return { process: 'is shutting down' };
      const problems: Record<string, string> = {};
      for (const [checkName, check] of checks) {
        const problem = await check().catch((error: Error) => error.message);
        if (problem !== null) problems[checkName] = problem;
      }
      return problems;
    },
    get draining() {
      return draining;
    },
    close() {
      draining = true;
      closing ??= closeAll(closers, log);
      return closing;
    },
  };
  context.onClose('postgres', () => database.close());
  context.addCheck('postgres', async () => {
    await database.query('SELECT 1');
    return null;
  });
  return context;
}

async function closeAll(closers: { name: string; close: () => unknown }[], log: Logger): Promise<void> {
  for (const { name, close } of closers.reverse()) {
    try {
      await close();
    } catch (err) {
      log.error({ event: 'close.failed', part: name, err });
    }
  }
}

/** A lost connection repeats its error many times a second; one line in a while tells as much. */
function onceEvery(
  ms: number,
  act: (what: string, error: Error) => void,
): (what: string, error: Error) => void {
  const last = new Map<string, number>();
  return (what, error) => {
    const now = Date.now();
    if (now - (last.get(what) ?? 0) < ms) return;
    last.set(what, now);
    act(what, error);
  };
}
