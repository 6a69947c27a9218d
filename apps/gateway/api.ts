import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '#libs/domain';
import type { Counter } from '#libs/platform';
import { createAuthenticator } from '#libs/services';
import type { Answer } from './actions/action.ts';
import { refuseRepeated } from './actions/field.ts';
import { activationId } from './actions/fields.ts';
import { type Action, ENDPOINTS, type Endpoint } from './actions/index.ts';
import type { GatewayDeps } from './deps.ts';
import { authenticate } from './plugins/authentication.ts';
import { readJsonObject } from './plugins/body.ts';
import { allowAnyOrigin, answerPreflight } from './plugins/cors.ts';
import { badRequest, JSON_TYPE, retryAfterSeconds } from './plugins/errors.ts';
import { createRateLimit, type RateLimit } from './plugins/rate-limit.ts';
import { readIdempotency, readPreferredWait } from './plugins/request-headers.ts';

/**
 * The partner API. The order of the checks is part of the contract: method, keys configured, key, rate limit,
 * action, body; the rest is the services'.
 */
export async function registerPartnerApi(app: FastifyInstance, deps: GatewayDeps): Promise<void> {
  const authenticator = createAuthenticator(deps.ctx);
  const rateLimit = createRateLimit({
    cache: deps.ctx.cache,
    limitPerSecond: deps.ctx.config.rateLimitPerSecond,
    rejected: deps.metrics.counter('http_rate_limited_total', 'Requests above the limit of their key'),
  });
  const lookUps = deps.metrics.counter('status_cache_total', 'Look-ups of status', ['result']);
  for (const endpoint of ENDPOINTS) {
    const checkMethod = methodCheck(endpoint);
    app.route({
      url: endpoint.path,
      method: app.supportedMethods,
      async onRequest(request, reply) {
        const action = chosenAction(endpoint, request);
        request.facts.action = action?.name ?? null;
        if (checkMethod(action, request, reply)) return reply;
        shed(app);
        request.facts.partner = await authenticate(authenticator, request);
        const cached = await limitRate(rateLimit, action, request, reply, lookUps);
        if (cached) return send(reply, cached);
        requireAction(endpoint, request);
      },
      handler: async (request, reply) => {
        const action = requireAction(endpoint, request);
        return send(reply, await run(deps, endpoint, action, request));
      },
    });
  }
}

function shed(app: FastifyInstance): void {
  // A sample without a single measurement counts as an infinite delay there; here it says nothing.
  if (!app.isUnderPressure() || !Number.isFinite(app.memoryUsage().eventLoopDelay)) return;
  throw new PublicError('overloaded', { retryAfterSeconds: 1 });
}

type MethodCheck = (action: Action | undefined, request: FastifyRequest, reply: FastifyReply) => boolean;

/** 405 for what no action here takes, and for a known action asked with the wrong method. True: it is answered. */
function methodCheck(endpoint: Endpoint): MethodCheck {
  const ofAll = allowedMethods(endpoint, [...endpoint.actions.values()]);
  const ofEach = new Map([...endpoint.actions.values()].map((one) => [one, allowedMethods(endpoint, [one])]));
  return (action, request, reply) => {
    if (endpoint.cors) allowAnyOrigin(reply);
    const allowed = (action && ofEach.get(action)) ?? ofAll;
    if (request.method === 'OPTIONS' && endpoint.cors) {
      answerPreflight(reply, allowed.join(', '));
      return true;
    }
    if (allowed.includes(request.method)) return false;
    reply.header('allow', allowed.join(', '));
    throw new PublicError('method_not_allowed', {
      message: `${request.method} is not allowed here; use ${allowed[0]}.`,
    });
  };
}

function allowedMethods(endpoint: Endpoint, actions: Action[]): string[] {
  const methods = actions.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods), ...(endpoint.cors ? ['OPTIONS'] : [])];
}

function requireAction(endpoint: Endpoint, request: FastifyRequest): Action {
  const action = chosenAction(endpoint, request);
  if (!action) throw badRequest('invalid_action');
  return action;
}

function chosenAction(endpoint: Endpoint, request: FastifyRequest): Action | undefined {
  if (!endpoint.chosenByQuery) return endpoint.actions.values().next().value;
  const name = queryOf(request).action;
  return typeof name === 'string' ? endpoint.actions.get(name) : undefined;
}

/**
 * For `status` one trip to Redis counts the request and brings the reply along. It is answered then and there: nothing
 * of the request is left to be read, and every further step would cost more than the look-up.
 */
async function limitRate(
  rateLimit: RateLimit,
  action: Action | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  lookUps: Counter<'result'>,
): Promise<Answer | null> {
  const { partner } = request.facts;
  if (!partner) throw new Error('the rate limit needs a partner');
  const id = action?.cachedById ? polledId(action, queryOf(request)) : null;
  if (id === null || partner.userId === null || !partner.scopes.has('read')) {
    rateLimit.enforce(await rateLimit.count(partner), reply);
    return null;
  }
  const polled = await rateLimit.poll(partner, { id, userId: partner.userId });
  rateLimit.enforce(polled.counted, reply);
  lookUps.inc({ result: polled.reply !== null ? 'hit' : polled.away ? 'away' : 'miss' });
  if (polled.reply === null) return null;
  request.facts.ids = { activation_id: id };
  return { status: 200, body: polled.reply, replayed: false };
}

/** Null when the query is not quite right; then the action itself says what is wrong. */
function polledId(action: Action, query: Record<string, unknown>): number | null {
  try {
    refuseRepeated(action.input, query);
    return activationId.read(query.id);
  } catch {
    return null;
  }
}

async function run(
  { ctx }: GatewayDeps,
  endpoint: Endpoint,
  action: Action,
  request: FastifyRequest,
): Promise<Answer> {
  const { partner } = request.facts;
  if (!partner) throw new Error('an action needs a partner');
  const query = queryOf(request);
  const posted = action.method === 'POST';
  refuseRepeated(posted ? {} : action.input, query);
  const body = posted ? readJsonObject(request) : {};
  const params = endpoint.chosenByQuery ? {} : (request.params as Record<string, unknown>);
  const answer = await action.run({
    ctx,
    partner,
    requestId: request.id,
    idempotency: posted ? readIdempotency(request, body) : null,
    waitSeconds: action.prefersWait ? readPreferredWait(request) : 0,
    raw: posted ? body : { ...query, ...params },
  });
  request.facts.ids = answer.ids ?? {};
  return answer;
}

/** The bytes go out as the services made them: a repeated reply is the same to the last byte. */
function send(reply: FastifyReply, { status, body, replayed }: Answer): FastifyReply {
  const seconds = retryAfterSeconds(status);
  if (seconds !== null) reply.header('retry-after', seconds);
  if (replayed) reply.header('idempotent-replayed', 'true');
  return reply.code(status).header('cache-control', 'no-store').header('content-type', JSON_TYPE).send(body);
}

function queryOf(request: FastifyRequest): Record<string, unknown> {
  return request.query as Record<string, unknown>;
}
