import { type AppContext, redisReady } from '#libs/platform';
import { createServiceContext } from '#libs/services';
import { buildConsole } from './app.ts';

/** Serves operators on CONSOLE_HOST:CONSOLE_PORT and resolves with the URL. PostgreSQL and Redis may be away. */
export async function startConsole(
  app: AppContext,
  options: { redisPrefix?: string } = {},
): Promise<{ url: string }> {
  const redis = app.openRedis('fail-fast');
  const { jobs } = createServiceContext({ ...app, redis, ...options });
  app.onClose('producer', () => jobs.close());
  const server = await buildConsole({
    db: app.database,
    log: app.log,
    config: app.config,
    jobs,
    redisIsReady: () => redis.status === 'ready',
  });
  app.onClose('console', () => server.close());
  await server.listen({ host: app.config.consoleHost, port: app.config.consolePort });
  app.addCheck('console', async () => (server.server.listening ? null : 'does not listen'));
  app.addCheck('redis', async () =>
    (await redisReady(redis, 500)) ? null : 'Redis cannot be reached; /queues is away',
  );
  return { url: urlOf(app.config.consoleHost, server.server.address()) };
}

function urlOf(host: string, address: ReturnType<import('node:net').Server['address']>): string {
  const port = typeof address === 'object' && address ? address.port : 0;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
