import { Redis } from 'ioredis';
import { createKeys, createReplyReceiver, DEFAULT_PREFIX } from '#libs/cache';
import { type AppContext, type AppName, type Config, createAppContext, readConfig } from '#libs/platform';
import { createServiceContext, ensureFirstProvider, type WaitingContext } from '#libs/services';
import { checkInvariants } from '#libs/store';
import { startPoller } from '../../apps/poller/start.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../apps/sandbox/app.ts';
import { startWorker } from '../../apps/worker/start.ts';
import { createTestDatabase, type Teardown, testRedisPrefix, testRedisUrl } from './services.ts';

export const TWILIO = { accountSid: 'AC00000000000000000000000000000001', authToken: 'sandbox-auth-token' };
export const SMSBOWER_KEY = 'sandbox-api-key';

export interface System {
  sandbox: Sandbox;
  config: Config;
  redisPrefix: string;
  /** The environment for processes that share all of it. */
  env: Record<string, string>;
  /** Redis loses everything. */
  emptyRedis(): Promise<void>;
  /** Services as the gateway uses them. */
  ctx: WaitingContext;
  /** One more process' worth of an app, in this process; closed in teardown. */
  context(name: AppName, changes?: Partial<Config>): AppContext;
  /** Names of invariants that do not hold; empty is right. */
  brokenInvariants(): Promise<string[]>;
}

export interface SystemOptions {
  env?: Record<string, string>;
  sandbox?: Partial<SandboxOptions>;
  workers?: number;
  pollers?: number;
  /**
   * A Redis database of its own (1 to 15) with the default key prefix, for processes, which know no other. Each
   * test file that uses it takes another number.
   */
  redisDatabase?: number;
}

/** Sandbox, workers and pollers on a database and a key prefix of their own. */
export async function startSystem(t: Teardown, options: SystemOptions = {}): Promise<System> {
  const databaseUrl = await createTestDatabase(t);
  const redisPrefix = options.redisDatabase === undefined ? testRedisPrefix() : DEFAULT_PREFIX;
  const sandbox = await startSandbox({
    port: 0,
    twilio: { ...TWILIO, sentDelayMs: 20, deliveredDelayMs: 40 },
    smsbower: { apiKey: SMSBOWER_KEY },
    ...options.sandbox,
  });
  const env = { ...environment(databaseUrl, redisUrlOf(options.redisDatabase), sandbox), ...options.env };
  const config = readConfig(env);
  const context = (name: AppName, changes: Partial<Config> = {}) => {
    const app = createAppContext(name, { ...config, ...changes }, { maxConnections: 8 });
    t.teardown(() => app.close());
    return app;
  };
  const system = context('gateway');
  const ctx = createWaitingContext(system, redisPrefix);
  t.teardown(() => sandbox.close());
  await ensureFirstProvider(ctx);
  for (let i = 0; i < (options.workers ?? 1); i += 1) await startWorker(context('worker'), { redisPrefix });
  for (let i = 0; i < (options.pollers ?? 1); i += 1) await startPoller(context('poller'), { redisPrefix });
  return {
    sandbox,
    config,
    redisPrefix,
    env,
    emptyRedis: () => emptyRedis(options.redisDatabase),
    ctx,
    context,
    async brokenInvariants() {
      const results = await checkInvariants(ctx.db);
      return results
        .filter((result) => result.violations > 0)
        .map((result) => `${result.id}: ${result.examples}`);
    },
  };
}

function createWaitingContext(app: AppContext, redisPrefix: string): WaitingContext {
  const ctx = createServiceContext({ ...app, redis: app.openRedis('fail-fast'), redisPrefix });
  const receiver = createReplyReceiver({ redis: app.openRedis('wait'), keys: createKeys(redisPrefix) });
  app.onClose('producer', () => ctx.jobs.close());
  return { ...ctx, receiver };
}

function redisUrlOf(database: number | undefined): string {
  return database === undefined ? testRedisUrl() : `${testRedisUrl()}/${database}`;
}

async function emptyRedis(database: number | undefined): Promise<void> {
  if (database === undefined) throw new Error('only a Redis database of its own may be emptied');
  const redis = new Redis(redisUrlOf(database));
  await redis.flushdb();
  await redis.quit();
}

function environment(databaseUrl: string, redisUrl: string, sandbox: Sandbox): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORT: '0',
    CONSOLE_PORT: '0',
    LOG_LEVEL: 'silent',
    PUBLIC_BASE_URL: 'http://127.0.0.1:1',
    TWILIO_ACCOUNT_SID: TWILIO.accountSid,
    TWILIO_AUTH_TOKEN: TWILIO.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_API_BASE_URL: sandbox.twilioBaseUrl,
    SMSBOWER_API_KEY: SMSBOWER_KEY,
    SMSBOWER_API_URL: sandbox.smsbowerUrl,
  };
}
