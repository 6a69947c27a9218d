import { createKeys, createReplyReceiver } from '#libs/cache';
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
}

/** Sandbox, workers and pollers on a database and a key prefix of their own. */
export async function startSystem(t: Teardown, options: SystemOptions = {}): Promise<System> {
  const databaseUrl = await createTestDatabase(t);
  const redisPrefix = testRedisPrefix();
  const sandbox = await startSandbox({
    port: 0,
    twilio: { ...TWILIO, sentDelayMs: 20, deliveredDelayMs: 40 },
    smsbower: { apiKey: SMSBOWER_KEY },
    ...options.sandbox,
  });
  const config = readConfig({ ...environment(databaseUrl, sandbox), ...options.env });
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

function environment(databaseUrl: string, sandbox: Sandbox): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: testRedisUrl(),
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
