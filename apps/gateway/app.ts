import { METHODS } from 'node:http';
import underPressure from '@fastify/under-pressure';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { registerPartnerApi } from './api.ts';
import { registerSmsbowerPush } from './callbacks/smsbower.ts';
import { registerTwilioStatus } from './callbacks/twilio-status.ts';
import type { GatewayDeps } from './deps.ts';
import { registerDialect } from './dialect/routes.ts';
import { registerDocs } from './docs/routes.tsx';
import { createGate } from './gate.ts';
import { registerBody } from './plugins/body.ts';
import { answerBrokenRequest, answerFrameworkError, registerErrors } from './plugins/errors.ts';
import { registerRequestFacts, requestIdOf } from './plugins/request-facts.ts';
import { registerRequestLog } from './plugins/request-log.ts';

export const BODY_LIMIT_BYTES = 32 * 1_024;
/** Mean delay over half a second: a single pause, of the collector or at the start, is no overload. */
const MAX_EVENT_LOOP_DELAY_MS = 1_000;

/** The whole HTTP interface for partners and providers, not yet listening. */
export async function buildGateway(deps: GatewayDeps): Promise<FastifyInstance> {
  const app = fastify(serverOptions(deps));
  app.server.headersTimeout = 10_000;
  for (const method of METHODS) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
  registerRequestFacts(app, deps);
  registerRequestLog(app, deps);
  registerErrors(app, deps.ctx);
  registerBody(app);
  await app.register(underPressure, {
    maxEventLoopDelay: deps.maxEventLoopDelayMs ?? MAX_EVENT_LOOP_DELAY_MS,
    sampleInterval: 500,
    // Only partner requests are shed, where they are checked: a provider's callback may not come twice.
    pressureHandler: () => undefined,
  });
  const gate = createGate(deps);
  await app.register((scope) => registerPartnerApi(scope, deps, gate));
  await app.register((scope) => registerDialect(scope, deps, gate));
  await app.register((scope) => registerTwilioStatus(scope, deps));
  await app.register((scope) => registerSmsbowerPush(scope, deps));
  await app.register((scope) => registerDocs(scope, deps));
  await app.ready();
  return app;
}

/** Every wait has an end; the longest handler (a cold rent) takes 10 s for the price and 25 s for the purchase. */
function serverOptions({ ctx }: GatewayDeps): FastifyServerOptions {
  return {
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 15_000,
    handlerTimeout: 55_000,
    connectionTimeout: 70_000,
    keepAliveTimeout: 72_000,
    // Requests that still arrive on open connections while closing are served, and end their connection.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: 16_384 },
    trustProxy: ctx.config.trustProxy.length > 0 ? ctx.config.trustProxy : false,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: answerFrameworkError(ctx.config),
    clientErrorHandler: answerBrokenRequest,
  } as FastifyServerOptions;
}
