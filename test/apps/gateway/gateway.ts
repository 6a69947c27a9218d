import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { createKeys, createReplyReceiver } from '#libs/cache';
import { type AppContext, createAppContext, createMetrics, type Metrics, readConfig } from '#libs/platform';
import {
  createApiKey,
  createServiceContext,
  SCOPES,
  type Scope,
  testUserOf,
  type WaitingContext,
} from '#libs/services';
import { createUser, moveMoney } from '#libs/store';
import { buildGateway } from '../../../apps/gateway/app.ts';
import { createTestDatabase, type Teardown, testRedisPrefix, testRedisUrl } from '../../helpers/services.ts';
import type { System } from '../../helpers/system.ts';

export interface TestGateway {
  app: FastifyInstance;
  ctx: WaitingContext;
  metrics: Metrics;
  /** Lines of the log, parsed. */
  logged: Record<string, unknown>[];
  main: TestPartner;
  /** As the partner `main`, unless the headers say otherwise. */
  call(options: InjectOptions): Promise<LightMyRequestResponse>;
  get(query: string, partner?: TestPartner): Promise<LightMyRequestResponse>;
  /** To virtual-numbers, with a JSON body. */
  post(action: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  send(body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  newPartner(options?: {
    funds?: bigint;
    scopes?: readonly Scope[];
    cidrs?: string[];
    /** A test key of its own test twin. */
    test?: boolean;
    rateLimitPerSecond?: number;
  }): Promise<TestPartner>;
}

export interface TestPartner {
  userId: number;
  secret: string;
}

export interface TestGatewayOptions {
  redisPrefix?: string;
  /** A gateway that sheds nothing, unless it is told to. */
  maxEventLoopDelayMs?: number;
  /** Short, unless it is told otherwise: `call` resolves at the end of a reply. */
  streamLifetimeMs?: number;
  /** Without it every request would need a database, and so would `main`. */
  withPartner?: boolean;
  isDraining?: () => boolean;
}

export const TWILIO_ENVIRONMENT = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: 'test-auth-token',
  TWILIO_FROM: '+15005550006',
};

/** A gateway on a database and a key prefix of its own, with one funded partner; nobody does its jobs. */
export async function startTestGateway(
  t: Teardown,
  environment: Record<string, string> = {},
  options: TestGatewayOptions = {},
): Promise<TestGateway> {
  const config = readConfig({
    DATABASE_URL: environment.DATABASE_URL ?? (await createTestDatabase(t)),
    REDIS_URL: testRedisUrl(),
    RATE_LIMIT_PER_SECOND: '0',
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const context = createAppContext('gateway', config);
  t.teardown(() => context.close());
  const ctx = waitingContext(context, options.redisPrefix ?? testRedisPrefix());
  return gatewayOn(t, ctx, options);
}

/** A gateway beside the workers and pollers of a whole system. */
export function gatewayOfSystem(t: Teardown, system: System, options: TestGatewayOptions = {}) {
  return gatewayOn(t, system.ctx, options);
}

async function gatewayOn(
  t: Teardown,
  services: WaitingContext,
  options: TestGatewayOptions,
): Promise<TestGateway> {
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const ctx: WaitingContext = { ...services, log };
  const metrics = createMetrics('gateway');
  const app = await buildGateway({
    ctx,
    metrics,
    isDraining: options.isDraining ?? (() => false),
    maxEventLoopDelayMs: options.maxEventLoopDelayMs ?? 60_000,
    streamLifetimeMs: options.streamLifetimeMs ?? 200,
  });
  t.teardown(() => app.close());
  const newPartner: TestGateway['newPartner'] = async ({
    funds = 10_000_000n,
    scopes = SCOPES,
    cidrs = [],
    test = false,
    rateLimitPerSecond = 0,
  } = {}) => {
    const user = await createUser(ctx.db, { id: null, name: 'partner' });
    if (!user) throw new Error('the user was not created');
    if (funds > 0n) {
      await moveMoney(ctx.db, { userId: user.id, kind: 'credit', amountMicros: funds, reason: 'test' });
    }
    const { id: userId } = test ? await testUserOf({ ctx, input: { user } }) : user;
    const input = { userId, name: 'key', scopes, allowedCidrs: cidrs, rateLimitPerSecond };
    return { userId, secret: (await createApiKey({ ctx, input })).secret };
  };
  const main = options.withPartner === false ? { userId: 0, secret: '' } : await newPartner();
  const call: TestGateway['call'] = (request) =>
    app.inject({ ...request, headers: { 'x-api-key': main.secret, ...(request.headers ?? {}) } });
  return {
    app,
    ctx,
    metrics,
    logged,
    main,
    newPartner,
    call,
    get: (query, partner = main) =>
      call({ url: `/api/virtual-numbers.php?${query}`, headers: { 'x-api-key': partner.secret } }),
    post: (action, body, headers = {}) =>
      call({
        method: 'POST',
        url: `/api/virtual-numbers.php?action=${action}`,
        payload: typeof body === 'string' ? body : JSON.stringify(body),
        headers,
      }),
    send: (body, headers = {}) =>
      call({
        method: 'POST',
        url: '/api/sms-send.php',
        payload: typeof body === 'string' ? body : JSON.stringify(body),
        headers,
      }),
  };
}

function waitingContext(context: AppContext, redisPrefix: string): WaitingContext {
  const ctx = createServiceContext({ ...context, redis: context.openRedis('fail-fast'), redisPrefix });
  context.onClose('producer', () => ctx.jobs.close());
  const subscriber = context.openRedis('wait');
  const receiver = createReplyReceiver({ redis: subscriber, keys: createKeys(redisPrefix) });
  context.onClose('receiver', () => {
    receiver.close();
    subscriber.disconnect();
  });
  return { ...ctx, receiver };
}
