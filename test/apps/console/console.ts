import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { createProducer } from '#libs/jobs';
import { type Config, createAppContext, readConfig, redisReady } from '#libs/platform';
import { createOperator } from '#libs/services';
import { buildConsole } from '../../../apps/console/app.ts';
import { createTestDatabase, type Teardown, testRedisPrefix, testRedisUrl } from '../../helpers/services.ts';

export const HOST = 'console.test';
export const PASSWORD = 'correct horse battery staple';

export interface TestConsole {
  app: FastifyInstance;
  db: ReturnType<typeof createAppContext>['database'];
  jobs: ReturnType<typeof createProducer>;
  redisIsReady: () => boolean;
}

export interface TestConsoleOptions {
  env?: Record<string, string>;
  /** Of a system that runs beside it; otherwise one of its own. */
  config?: Config;
  redisPrefix?: string;
  withOperators?: boolean;
}

/** A console on real PostgreSQL and Redis, with an admin `alice` and a viewer `vera`. */
export async function startTestConsole(t: Teardown, options: TestConsoleOptions = {}): Promise<TestConsole> {
  const config =
    options.config ??
    readConfig({
      DATABASE_URL: await createTestDatabase(t),
      REDIS_URL: testRedisUrl(),
      LOG_LEVEL: 'silent',
      ...options.env,
    });
  const context = createAppContext('console', config, { maxConnections: 4 });
  t.teardown(() => context.close());
  const redis = context.openRedis('fail-fast');
  const jobs = createProducer({ redis, prefix: options.redisPrefix ?? testRedisPrefix(), log: context.log });
  context.onClose('producer', () => jobs.close());
  if (!options.env?.REDIS_URL) await redisReady(redis, 5_000);
  const redisIsReady = () => redis.status === 'ready';
  const app = await buildConsole({ db: context.database, log: context.log, config, jobs, redisIsReady });
  context.onClose('console', () => app.close());
  if (options.withOperators !== false) {
    for (const [name, role] of [
      ['alice', 'admin'],
      ['vera', 'viewer'],
    ] as const) {
      await createOperator({
        ctx: { db: context.database },
        input: { name, role, password: PASSWORD, actor: 'test' },
      });
    }
  }
  return { app, db: context.database, jobs, redisIsReady };
}

export type Ask = (options: InjectOptions) => Promise<LightMyRequestResponse>;

/** Sends requests as a browser on a page of the console does, and keeps its cookies. */
export function browserOf(app: FastifyInstance, always: Record<string, string> = {}): Ask {
  const jar = new Map<string, string>();
  return async (options) => {
    const reply = await app.inject({
      ...options,
      headers: {
        host: HOST,
        accept: 'text/html',
        ...(options.method === undefined || options.method === 'GET' ? {} : { origin: `http://${HOST}` }),
        ...(jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        ...always,
        ...options.headers,
      },
    });
    for (const { name, value } of reply.cookies) {
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };
}

export function form(fields: Record<string, string>): Pick<InjectOptions, 'payload' | 'headers'> {
  return {
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
}

export function csrfOf(page: string): string {
  return /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
}

/** Fetches the form and sends it. */
export async function signIn(
  ask: Ask,
  fields: { name?: string; password?: string; next?: string } = {},
): Promise<LightMyRequestResponse> {
  const csrf = csrfOf((await ask({ url: '/sign-in' })).body);
  const { name = 'alice', password = PASSWORD, next = '/' } = fields;
  return ask({ method: 'POST', url: '/sign-in', ...form({ name, password, next, csrf }) });
}
