import { METHODS } from 'node:http';
import underPressure from '@fastify/under-pressure';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { registerPartnerApi } from './api.ts';
import { registerSmsbowerPush } from './callbacks/smsbower.ts';
import { registerTwilioStatus } from './callbacks/twilio-status.ts';
import type { GatewayDeps } from './deps.ts';
import { registerDialect } from './dialect/routes.ts';
import { registerDocs } from './docs/routes.tsx';
import { createGate, type Pressure } from './gate.ts';
import { registerBody } from './plugins/body.ts';
import { registerDeadline } from './plugins/deadline.ts';
import { answerBrokenRequest, answerFrameworkError, registerErrors } from './plugins/errors.ts';
import { registerRequestFacts, requestIdOf } from './plugins/request-facts.ts';
import { registerRequestLog } from './plugins/request-log.ts';

export const BODY_LIMIT_BYTES = 32 * 1_024;
/** Mean delay over half a second: a single pause, of the collector or at the start, is no overload. */
const MAX_EVENT_LOOP_DELAY_MS = 1_000;
/** The longest handler, a cold rent, takes 10 s for the price and 25 s for the purchase. */
const HANDLER_DEADLINE_MS = 55_000;

/** The whole HTTP interface for partners and providers, not yet listening. */
export async function buildGateway(deps: GatewayDeps): Promise<FastifyInstance> {
  const app = fastify(serverOptions(deps));
  app.server.headersTimeout = 10_000;
  for (const method of METHODS) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
  registerRequestFacts(app, deps);
  registerDeadline(app, HANDLER_DEADLINE_MS);
  registerRequestLog(app, deps);
  registerErrors(app, deps.ctx);
  registerBody(app);
  const gate = createGate(deps, await measurePressure(app, deps));
  await app.register((scope) => registerPartnerApi(scope, deps, gate));
  await app.register((scope) => registerDialect(scope, deps, gate));
  await app.register((scope) => registerTwilioStatus(scope, deps));
  await app.register((scope) => registerSmsbowerPush(scope, deps));
  await app.register((scope) => registerDocs(scope, deps));
  await app.ready();
  return app;
}

/**
 * In a scope without routes: left to itself it would look at every request, and only partner requests are shed, where
 * they are checked. A provider's callback may not come twice.
 */
async function measurePressure(app: FastifyInstance, deps: GatewayDeps): Promise<Pressure> {
  const maxEventLoopDelay = deps.maxEventLoopDelayMs ?? MAX_EVENT_LOOP_DELAY_MS;
  let pressure: Pressure | undefined;
  await app.register(async (scope) => {
    await scope.register(underPressure, { maxEventLoopDelay, sampleInterval: 500 });
    // The scope itself is thenable, and would be waited for when it is returned.
    pressure = { isUnderPressure: scope.isUnderPressure, memoryUsage: scope.memoryUsage };
  });
  if (!pressure) throw new Error('the pressure is not measured');
  return pressure;
}

/** Every wait has an end. */
function serverOptions({ ctx }: GatewayDeps): FastifyServerOptions {
  return {
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 15_000,
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
