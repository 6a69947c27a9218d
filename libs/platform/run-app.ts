import { setFlagsFromString } from 'node:v8';
import closeWithGrace from 'close-with-grace';
import { type AppContext, type AppContextOptions, type AppName, createAppContext } from './app-context.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { startOpsServer } from './ops-server.ts';
import { redisReady } from './redis.ts';

const SHUTDOWN_DEADLINE_MS = 30_000;

/**
 * The life of one production process: check the environment (every mistake at once, exit 1), start, serve health and
 * metrics, and on a signal drain and close in reverse order, exit 0.
 */
export async function runApp(
  name: AppName,
  start: (app: AppContext) => Promise<void>,
  options: AppContextOptions = {},
): Promise<void> {
  keepYoungObjectsYoung();
  const config = configOrExit();
  const app = createAppContext(name, config, options);
  closeWithGrace({ delay: SHUTDOWN_DEADLINE_MS + config.drainSeconds * 1_000 }, async ({ signal, err }) => {
    if (err) app.log.fatal({ event: 'process.crashed', err });
    else app.log.info({ event: 'process.stopping', signal });
    await app.close();
    app.log.info({ event: 'process.stopped' });
  });
  try {
    await refuseEvictingRedis(app);
    if (config.opsPort !== 0) await startOpsServer(app, config.opsPort);
    await start(app);
    app.log.info({ event: 'process.started', ...summary(config) });
  } catch (err) {
    app.log.fatal({ event: 'process.start_failed', err });
    await app.close();
    process.exit(1);
  }
}

/**
 * V8 learns where objects are made that live long, and then makes them in the old generation at once. Here it learns
 * that while the process starts, when all that is made stays, and what a request makes in the same places is then kept
 * until the next major collection, with everything it refers to: 20 % of the gateway's CPU went into copying that.
 */
function keepYoungObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** A Redis that evicts keys drops jobs without a word. Refused in production; elsewhere a warning. */
async function refuseEvictingRedis(app: AppContext): Promise<void> {
  const client = app.openRedis('fail-fast');
  if (!(await redisReady(client, 2_000))) return;
  const answer = await Promise.resolve(client.call('CONFIG', 'GET', 'maxmemory-policy')).catch(() => null);
  const policy = Array.isArray(answer) ? String(answer[1]) : null;
  if (policy === null || policy === 'noeviction') return;
  const problem = `Redis has maxmemory-policy ${policy}; set it to noeviction, or jobs may vanish`;
  if (app.config.production) throw new Error(problem);
  app.log.warn({ event: 'redis.evicts', problem });
}

/** What was configured, without secrets. */
function summary(config: Config): Record<string, unknown> {
  return {
    public_base_url: config.publicBaseUrl,
    twilio: { configured: config.twilio !== null },
    encryption_key: { configured: config.encryptionKeyConfigured },
    partner_user_id: config.partnerUserId,
    env_keys: config.partnerApiKeys.length,
    rate_limit_per_second: config.rateLimitPerSecond,
  };
}
