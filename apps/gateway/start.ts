import { setTimeout as delay } from 'node:timers/promises';
import { createKeys, createReplyReceiver } from '#libs/cache';
import type { AppContext, RedisClient } from '#libs/platform';
import { createServiceContext, ensureFirstProvider, type WaitingContext } from '#libs/services';
import { buildGateway } from './app.ts';

const RETRY_MS = 2_000;

/**
 * Serves partners on HOST:PORT and resolves with the URL. PostgreSQL and Redis may be away at the start; a port that
 * is taken is an error. On close: after DRAIN_SECONDS no new connections, running requests end, then the rest in reverse
 * order.
 */
export async function startGateway(
  app: AppContext,
  options: { redisPrefix?: string } = {},
): Promise<{ url: string }> {
  const ctx = createContext(app, options.redisPrefix);
  const gateway = await buildGateway({ ctx, metrics: app.metrics, isDraining: () => app.draining });
  app.onClose('gateway', () => gateway.close());
  keepTryingFirstProvider(app, ctx);
  await gateway.listen({ host: app.config.host, port: app.config.port });
  // A balancer learns of the end by /readyz; until it has, its requests are served and their connections ended.
  app.onClose('drain', () => delay(app.config.drainSeconds * 1_000));
  app.addCheck('gateway', async () => (gateway.server.listening ? null : 'does not listen'));
  return { url: urlOf(app.config.host, gateway.server.address()) };
}

function createContext(app: AppContext, redisPrefix: string | undefined): WaitingContext {
  const ctx = createServiceContext({
    ...app,
    redis: app.openRedis('fail-fast'),
    ...(redisPrefix === undefined ? {} : { redisPrefix }),
  });
  app.onClose('producer', () => ctx.jobs.close());
  // A subscriber can do nothing else, and its subscription must come back by itself.
  const subscriber: RedisClient = app.openRedis('wait');
  const receiver = createReplyReceiver({ redis: subscriber, keys: createKeys(redisPrefix) });
  app.onClose('receiver', () => {
    receiver.close();
    // Hangs up without a farewell: a Redis that is frozen would never answer it.
    subscriber.disconnect();
  });
  return { ...ctx, receiver };
}

/** Provider row 1 comes from the environment; without PostgreSQL it is tried again in the background. */
function keepTryingFirstProvider(app: AppContext, ctx: WaitingContext): void {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const attempt = async (): Promise<void> => {
    try {
      await ensureFirstProvider(ctx);
    } catch (err) {
      app.log.warn({ event: 'provider.ensure_failed', err });
      if (!closed) timer = setTimeout(attempt, RETRY_MS);
    }
  };
  const first = attempt();
  app.onClose('first-provider', async () => {
    closed = true;
    clearTimeout(timer);
    await first;
  });
}

function urlOf(host: string, address: ReturnType<import('node:net').Server['address']>): string {
  const port = typeof address === 'object' && address ? address.port : 0;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
