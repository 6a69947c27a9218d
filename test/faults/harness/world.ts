import { type AppContext, createAppContext, readConfig } from '#libs/platform';
import { createServiceContext, ensureFirstProvider, type ServiceContext } from '#libs/services';
import { findProvider } from '#libs/store';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../apps/sandbox/app.ts';
import { createTestDatabase } from '../../helpers/services.ts';
import { SMSBOWER_KEY, TWILIO } from '../../helpers/system.ts';
import { until } from '../../helpers/until.ts';
import { type Client, createClient, type Partner } from './client.ts';
import { type App, type Crew, createCrew } from './crew.ts';
import type { Test } from './fault.ts';
import { type Front, startFront } from './front.ts';
import { createPartners } from './partners.ts';
import { createOwnPostgres, type OwnPostgres } from './postgres.ts';
import { startProxy, type TcpProxy } from './proxy.ts';
import { createOwnRedis, type OwnRedis } from './redis.ts';

/** Deadlines of provider calls at a fifth; a rental lives for a minute and may be cancelled after 24 s. */
const CLOCKS = {
  FAULT_CLOCK_PERCENT: '20',
  UNKNOWN_SEND_WINDOW_SECONDS: '4',
  ACTIVATION_LIFETIME_SECONDS: '60',
  UNKNOWN_GRACE_SECONDS: '5',
};
const EARLIEST_CANCEL_SECONDS = 24;

export interface WorldOptions {
  gateways?: number;
  workers?: number;
  pollers?: number;
  partners?: number;
  env?: Record<string, string>;
  sandbox?: Partial<SandboxOptions>;
  /** A PostgreSQL of its own, which may be stopped. Costs two seconds. */
  ownPostgres?: boolean;
  /** Arguments of redis-server. */
  redis?: string[];
  /** Redis is not there at the start. */
  redisDown?: boolean;
}

/** A whole installation of production processes on private ports, with a proxy before everything it talks to. */
export interface World {
  sandbox: Sandbox;
  redis: OwnRedis;
  /** Null unless asked for. */
  postgres: OwnPostgres | null;
  proxies: { redis: TcpProxy; twilio: TcpProxy; smsbower: TcpProxy };
  crew: Crew;
  front: Front;
  client: Client;
  partners: Partner[];
  /** Services in this process, past every proxy. */
  ctx: ServiceContext;
  /**
   * Until nothing waits: no message undecided, no purchase under way, no command due. Resolves with the milliseconds
   * it took.
   */
  settle(timeoutMs?: number): Promise<number>;
}

export async function startWorld(t: Test, options: WorldOptions = {}): Promise<World> {
  const postgres = options.ownPostgres ? await createOwnPostgres(t) : null;
  const databaseUrl = postgres?.url ?? (await createTestDatabase(t));
  const redis = await createOwnRedis(t, options.redis);
  if (!options.redisDown) await redis.start();
  const front = await startFront(t);
  const sandbox = await startSandbox({
    port: 0,
    twilio: { ...TWILIO, sentDelayMs: 20, deliveredDelayMs: 60 },
    smsbower: { apiKey: SMSBOWER_KEY, balance: '100000' },
    lifetimeSeconds: Number(CLOCKS.ACTIVATION_LIFETIME_SECONDS),
    earliestCancelSeconds: EARLIEST_CANCEL_SECONDS,
    ...options.sandbox,
  });
  t.teardown(() => sandbox.close());
  // No shelf runs empty: that would be a refusal for good reason.
  await sandbox.control.changeOffers({ service: 'tg', country: 22, add: 1_000_000 });
  const proxies = {
    redis: await startProxy(t, redis.port),
    twilio: await startProxy(t, sandbox.port),
    smsbower: await startProxy(t, sandbox.port),
  };
  const env = { ...environment(databaseUrl, front, proxies, sandbox), ...options.env };
  const ctx = await createOwnContext(t, { ...env, DATABASE_URL: postgres?.directUrl ?? databaseUrl });
  const partners = await createPartners(ctx, options.partners ?? 2);
  const secret = (await findProvider(ctx.db, 1))?.callbackSecret ?? '';
  await sandbox.control.changeSettings({ pushUrls: [`${front.url}/callbacks/smsbower/${secret}`] });
  const crew = await createCrew(t, env);
  keepLooking(t, front, crew);
  await startAll(crew, options);
  await front.look(crew);
  const client = createClient(front.url);
  const settle = (timeoutMs = 90_000) => settled(ctx, timeoutMs);
  return { sandbox, redis, postgres, proxies, crew, front, client, partners, ctx, settle };
}

/** The proxies' addresses in place of the services' own. */
function environment(
  databaseUrl: string,
  front: Front,
  proxies: World['proxies'],
  sandbox: Sandbox,
): Record<string, string> {
  const through = (url: string, proxy: TcpProxy) =>
    Object.assign(new URL(url), { port: String(proxy.port) }).href;
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: `redis://127.0.0.1:${proxies.redis.port}`,
    LOG_LEVEL: 'warn',
    PUBLIC_BASE_URL: front.url,
    RATE_LIMIT_PER_SECOND: '0',
    TWILIO_ACCOUNT_SID: TWILIO.accountSid,
    TWILIO_AUTH_TOKEN: TWILIO.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_API_BASE_URL: through(sandbox.twilioBaseUrl, proxies.twilio),
    SMSBOWER_API_KEY: SMSBOWER_KEY,
    SMSBOWER_API_URL: through(sandbox.smsbowerUrl, proxies.smsbower),
    ...CLOCKS,
  };
}

/** This process only prepares and looks; what it cannot reach is none of the test's business. */
async function createOwnContext(t: Test, env: Record<string, string>): Promise<ServiceContext> {
  const app: AppContext = createAppContext('cli', readConfig({ ...env, LOG_LEVEL: 'silent' }), {
    maxConnections: 4,
  });
  const ctx = createServiceContext({ ...app, redis: app.openRedis('fail-fast') });
  app.onClose('producer', () => ctx.jobs.close());
  t.teardown(() => app.close());
  await ensureFirstProvider(ctx);
  return ctx;
}

async function startAll(crew: Crew, options: WorldOptions): Promise<void> {
  const apps: App[] = [];
  for (const app of ['gateway', 'worker', 'poller'] as const)
    for (let i = 0; i < (options[`${app}s`] ?? 1); i += 1) apps.push(app);
  await Promise.all(apps.map((app) => crew.start(app)));
}

function keepLooking(t: Test, front: Front, crew: Crew): void {
  const timer = setInterval(() => void front.look(crew), 50);
  t.teardown(() => clearInterval(timer));
}

async function settled(ctx: ServiceContext, timeoutMs: number): Promise<number> {
  const started = performance.now();
  await until(
    async () => {
      const { rows } = await ctx.db.query<{ waiting: number }>(WAITING).catch(() => ({ rows: [] }));
      return rows[0]?.waiting === 0;
    },
    { what: 'the backlog to be empty', timeoutMs },
  );
  return performance.now() - started;
}

const WAITING = `
  SELECT ((SELECT count(*) FROM messages
           WHERE state IN ('ready', 'calling', 'unknown') AND next_attempt_at < now() + interval '1 hour')
        + (SELECT count(*) FROM activations WHERE state IN ('pending', 'buying'))
        + (SELECT count(*) FROM activations WHERE command_next_at <= now()))::integer AS waiting`;
