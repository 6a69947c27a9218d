import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import { type FastifyInstance, fastify } from 'fastify';
import { registerAssets } from './assets.ts';
import type { ConsoleDeps } from './deps.ts';
import { registerPages } from './pages/index.ts';
import { registerErrors } from './plugins/errors.ts';
import { registerHeaders } from './plugins/headers.ts';
import { registerSameOrigin } from './plugins/same-origin.ts';
import { registerSessions } from './plugins/sessions.ts';
import { registerQueues } from './queues.ts';
import { registerSignIn } from './sign-in.ts';

const BODY_LIMIT_BYTES = 32 * 1_024;

/** The whole console, not yet listening. Everything but signing in needs a session. */
export async function buildConsole(deps: ConsoleDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 15_000,
    handlerTimeout: 20_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    trustProxy: deps.config.trustProxy.length > 0 ? deps.config.trustProxy : false,
    requestIdHeader: false,
    routerOptions: { maxParamLength: 128 },
  });
  registerErrors(app, deps);
  await app.register(cookie);
  await registerHeaders(app);
  registerSameOrigin(app);
  registerAssets(app);
  await app.register(async (scope) => {
    await scope.register(formbody);
    registerSignIn(scope, deps);
  });
  await app.register(async (scope) => {
    registerSessions(scope, deps);
    await scope.register(formbody);
    registerPages(scope, deps);
    await registerQueues(scope, deps);
  });
  await app.ready();
  return app;
}
