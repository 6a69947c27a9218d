import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Counter } from '#libs/platform';
import type { Answer } from './actions/action.ts';
import { refuseRepeated } from './actions/field.ts';
import { activationId } from './actions/fields.ts';
import { type Action, ENDPOINTS } from './actions/index.ts';
import { chooserOf, methodCheck, queryOf, requireAction } from './choose-action.ts';
import type { GatewayDeps } from './deps.ts';
import { baseUrlOf } from './docs/base-url.ts';
import { type Gate, shed } from './gate.ts';
import { authenticate } from './plugins/authentication.ts';
import { speaksProblems } from './plugins/problem.ts';
import type { RateLimit } from './plugins/rate-limit.ts';
import { runAction } from './run-action.ts';
import { sendAnswer, sendV1Answer } from './send-answer.ts';

/**
 * The partner API. The order of the checks is part of the contract: method, keys configured, key, rate limit,
 * action, input; the rest is the services'.
 */
export async function registerPartnerApi(app: FastifyInstance, deps: GatewayDeps, gate: Gate): Promise<void> {
  const { authenticator, rateLimit, lookUps } = gate;
  for (const endpoint of ENDPOINTS) {
    const chooseAction = chooserOf(endpoint);
    const checkMethod = methodCheck(endpoint);
    const isV1 = speaksProblems(endpoint.path);
    app.route({
      url: endpoint.path,
      method: app.supportedMethods,
      async onRequest(request, reply) {
        const action = chooseAction(request);
        request.facts.action = action?.name ?? null;
        if (checkMethod(action, request, reply)) return reply;
        shed(gate);
        request.facts.partner = await authenticate(authenticator, request);
        const cached = await limitRate(rateLimit, action, request, reply, lookUps);
        if (cached) return sendAnswer(reply, cached);
        requireAction(action);
      },
      handler: async (request, reply) => {
        const action = requireAction(chooseAction(request));
        const answer = await runAction(deps, action, request);
        if (!isV1) return sendAnswer(reply, answer);
        return sendV1Answer(request, reply, { action, answer, baseUrl: baseUrlOf(deps.ctx.config, request) });
      },
    });
  }
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
