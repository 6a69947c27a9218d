import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { PublicError } from '#libs/domain';
import type { Counter, Logger } from '#libs/platform';
import type { Partner } from '#libs/services';
import type { GatewayDeps } from '../deps.ts';
import { type Gate, shed } from '../gate.ts';
import { authenticateKey } from '../plugins/authentication.ts';
import { allowAnyOrigin, answerPreflight } from '../plugins/cors.ts';
import { badRequest, JSON_TYPE, publicErrorOf, retryAfterSeconds } from '../plugins/errors.ts';
import type { DialectReply } from './action.ts';
import { DIALECT_ACTIONS, DIALECT_PATH } from './index.ts';
import { registerMultipart } from './multipart.ts';
import { activationIdOf, given, type Parameters, readParameters } from './parameters.ts';
import { TOKEN_OF_ERROR, type Token } from './tokens.ts';

type Replies = Counter<'action' | 'token'>;

const TEXT_TYPE = 'text/plain; charset=utf-8';
const METHODS = 'GET, POST, OPTIONS';

/**
 * The SMS-Activate dialect: always HTTP 200 with a token, since its clients take any other status for a broken server
 * and some then buy again. Order of checks: key, rate limit, action, parameters.
 */
export async function registerDialect(app: FastifyInstance, deps: GatewayDeps, gate: Gate): Promise<void> {
  const replies: Replies = deps.metrics.counter(
    'dialect_replies_total',
    'Answers of the SMS-Activate dialect',
    ['action', 'token'],
  );
  app.setErrorHandler((error, request, reply) => {
    const shown = publicErrorOf(error);
    if (shown.code === 'internal_error') logFailure(deps.ctx.log, request, error);
    return sendError(shown, request, reply, replies);
  });
  const route = dialectRoute(deps, gate, replies);
  app.route({ ...route, method: app.supportedMethods.filter((method) => method !== 'POST') });
  // In a scope of its own, so that polls by GET do not pay for the parser's hooks.
  await app.register(async (scope) => {
    await registerMultipart(scope);
    scope.route({ ...route, method: 'POST', config: { takesMultipart: true } });
  });
}

function dialectRoute(deps: GatewayDeps, gate: Gate, replies: Replies): Omit<RouteOptions, 'method'> {
  return {
    url: DIALECT_PATH,
    async onRequest(request, reply) {
      allowAnyOrigin(reply);
      if (request.method === 'OPTIONS') return answerPreflight(reply, METHODS);
      if (request.method === 'GET' || request.method === 'POST') return;
      // HEAD too: a GET here may buy a number, and nobody would hear which.
      reply.header('allow', METHODS);
      throw badRequest('invalid_request');
    },
    async handler(request, reply) {
      return send(await answer(deps, gate, request, reply), request, reply, replies);
    },
  };
}

async function answer(
  { ctx }: GatewayDeps,
  gate: Gate,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<DialectReply> {
  const parameters = await readParameters(request, reply);
  const action = DIALECT_ACTIONS.get(given(parameters, 'action') ?? '');
  request.facts.action = action?.name ?? null;
  shed(gate);
  const key = given(parameters, 'api_key');
  if (key === null) return { token: 'NO_KEY' };
  const partner = await authenticateKey(gate.authentication, key, request, reply);
  request.facts.partner = partner;
  const id = action?.readsStatus ? polledId(parameters) : null;
  if (id !== null) request.facts.ids = { activation_id: id };
  const cachedStatus = await limitRate(gate, { partner, id }, reply);
  if (!action) throw badRequest('invalid_action');
  const { socket } = request.raw;
  const callerHasGone = () => socket.destroyed;
  return action.run({ ctx, partner, requestId: request.id, parameters, cachedStatus, callerHasGone });
}

/** Counts the request, and brings along the status that a poll asks for, in the same trip to Redis. */
async function limitRate(
  { rateLimit, admitPolled }: Gate,
  { partner, id }: { partner: Partner; id: number | null },
  reply: FastifyReply,
): Promise<string | null> {
  if (id === null || partner.userId === null || !partner.scopes.has('read')) {
    rateLimit.enforce(await rateLimit.count(partner), reply);
    return null;
  }
  return admitPolled(await rateLimit.poll(partner, { id, userId: partner.userId }), reply);
}

/** Null when it is none; then the action itself says so. */
function polledId(parameters: Parameters): number | null {
  try {
    return activationIdOf(parameters);
  } catch {
    return null;
  }
}

/** What is wrong stands in a header for whoever looks for it; the token is all that clients read. */
function sendError(
  error: PublicError,
  request: FastifyRequest,
  reply: FastifyReply,
  replies: Replies,
): FastifyReply {
  const seconds = retryAfterSeconds(error.status, error.retryAfterSeconds);
  if (seconds !== null) reply.header('retry-after', seconds);
  reply.header('x-error', error.code);
  return send({ token: TOKEN_OF_ERROR[error.code] ?? 'ERROR_SQL' }, request, reply, replies);
}

function send(
  answer: DialectReply,
  request: FastifyRequest,
  reply: FastifyReply,
  replies: Replies,
): FastifyReply {
  const token: Token | 'JSON' = 'token' in answer ? answer.token : 'JSON';
  request.facts.token = token;
  if (answer.ids) request.facts.ids = answer.ids;
  replies.inc({ action: request.facts.action ?? 'none', token });
  reply
    .code(200)
    .header('cache-control', 'no-store')
    .header('content-type', 'json' in answer ? JSON_TYPE : TEXT_TYPE);
  return reply.send(textOf(answer));
}

/** No newline at the end: clients compare. */
function textOf(answer: DialectReply): string {
  if ('json' in answer) return JSON.stringify(answer.json);
  return answer.value === undefined ? answer.token : `${answer.token}:${answer.value}`;
}

function logFailure(log: Logger, request: FastifyRequest, err: unknown): void {
  log.error({ event: 'http.failed', request_id: request.id, action: request.facts.action, err });
}
