import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { type AppContext, createAppContext, readConfig } from '#libs/platform';
import { createServiceContext, ensureFirstProvider, type ServiceContext } from '#libs/services';
import { findProvider, migrate } from '#libs/store';
import { dataFolder } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/ports.mjs';
import { acquireServices } from '../../scripts/lib/services.mjs';
import { type App, type AppProcess, type AppStart, startApp } from './app-process.ts';
import { placementOf } from './cores.ts';
import { noteVersions } from './machine.ts';
import { createPartners, type Partner } from './partners.ts';
import { type ProgramServer, startServer } from './programs.ts';
import type { Run } from './run.ts';

/** Everything but the apps, which each benchmark starts as it needs them. */
export interface Installation {
  env: Record<string, string>;
  /** Services in this process, for preparing and for looking. */
  ctx: ServiceContext;
  databaseUrl: string;
  redisUrl: string;
  redisPid: number;
  postgresPid: number;
  partners: Partner[];
  standIn: ProgramServer;
  /** The path of the provider's push, its secret included. */
  pushPath: string;
  /** Statements of any length. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** On the measured core unless told otherwise. */
  start(app: App, options?: Partial<Pick<AppStart, 'cores' | 'aside' | 'env' | 'main'>>): Promise<AppProcess>;
  /** How long the providers take to answer whatever is no look at a rental. */
  delayProvider(ms: number): Promise<void>;
}

/** A fresh, durable PostgreSQL and Redis, migrated, with partners whose wallets do not run dry. */
export async function install(run: Run, options: { partners?: number } = {}): Promise<Installation> {
  run.progress('starting PostgreSQL, Redis and the stand-in');
  const services = await acquireServices({
    folder: join(dataFolder, 'bench', `services-${process.pid}-${randomBytes(3).toString('hex')}`),
    durable: true,
    temporary: true,
    watchPid: process.pid,
  });
  run.scope.onEnd(() => services.release());
  await migrate(services.databaseUrl);
  const standIn = await startServer(run.scope, 'stand-in', {}, placementOf().rest);
  const env = environment(services, standIn, await freePort());
  const ctx = await createContext(run, env);
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  run.scope.onEnd(() => client.end());
  await noteVersions(client, services.redisUrl);
  const partners = await createPartners(ctx, options.partners ?? 8);
  const secret = (await findProvider(ctx.db, 1))?.callbackSecret ?? '';
  return {
    ...services,
    env,
    ctx,
    partners,
    standIn,
    pushPath: `/callbacks/smsbower/${secret}`,
    sql: async (text, values) => (await client.query(text, values)).rows,
    start: (app, { cores = placementOf().measured, env: more = {}, ...options } = {}) =>
      startApp(run.scope, { ...options, app, cores, env: { ...env, ...more } }),
    async delayProvider(ms) {
      await fetch(`${standIn.url}/control/delay?ms=${ms}`);
    },
  };
}

/** As in production; the rate limit counts every request and is too high to refuse one. */
function environment(
  services: { databaseUrl: string; redisUrl: string },
  standIn: ProgramServer,
  publicPort: number,
): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PUBLIC_BASE_URL: `http://127.0.0.1:${publicPort}`,
    LOG_LEVEL: 'info',
    RATE_LIMIT_PER_SECOND: '1000000',
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: 'bench-auth-token',
    TWILIO_FROM: '+15005550006',
    TWILIO_API_BASE_URL: standIn.url,
    SMSBOWER_API_KEY: 'bench-api-key',
    SMSBOWER_API_URL: `${standIn.url}/stubs/handler_api.php`,
  };
}

async function createContext(run: Run, env: Record<string, string>): Promise<ServiceContext> {
  const app: AppContext = createAppContext('cli', readConfig({ ...env, LOG_LEVEL: 'silent' }), {
    maxConnections: 4,
  });
  const ctx = createServiceContext({ ...app, redis: app.openRedis('fail-fast') });
  app.onClose('producer', () => ctx.jobs.close());
  run.scope.onEnd(() => app.close());
  await ensureFirstProvider(ctx);
  return ctx;
}
