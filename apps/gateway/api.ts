import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isWaiting, type Partner } from '#libs/services';
import { refuseRepeated } from './actions/field.ts';
import { activationId, wait } from './actions/fields.ts';
import { type Action, ENDPOINTS } from './actions/index.ts';
import { chooserOf, methodCheck, queryOf, requireAction } from './choose-action.ts';
import type { GatewayDeps } from './deps.ts';
import { baseUrlOf } from './docs/base-url.ts';
import { createEventStreams } from './event-streams.ts';
import { type Gate, shed } from './gate.ts';
import { authenticate } from './plugins/authentication.ts';
import { speaksProblems } from './plugins/problem.ts';
import type { Polled } from './plugins/rate-limit.ts';
import { runAction } from './run-action.ts';
import { sendAnswer, sendStream, sendV1Answer } from './send-answer.ts';

/**
 * The partner API. The order of the checks is part of the contract: method, keys configured, key, rate limit,
 * action, input; the rest is the services'.
 */
export async function registerPartnerApi(app: FastifyInstance, deps: GatewayDeps, gate: Gate): Promise<void> {
  const { authentication, rateLimit } = gate;
  const answerPolled = (polled: Polled, id: number, request: FastifyRequest, reply: FastifyReply) => {
    const cached = gate.admitPolled(polled, reply);
    if (cached === null) return;
    // Whoever waits for a change is not answered with what has not changed.
    if (queryOf(request).wait !== undefined && isWaiting(cached)) return;
    request.facts.ids = { activation_id: id };
    return sendAnswer(reply, { status: 200, body: cached, replayed: false });
  };
  const streams = createEventStreams({
    ctx: deps.ctx,
    isDraining: deps.isDraining,
    ...(deps.streamLifetimeMs === undefined ? {} : { lifetimeMs: deps.streamLifetimeMs }),
  });
  app.addHook('preClose', async () => streams.close());
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
        // To wait for what is there already would cost a step of its own.
        const known = authenticate(authentication, request, reply);
        const partner = known instanceof Promise ? await known : known;
        request.facts.partner = partner;
        const rental = polledRental(action, partner, request);
        if (rental) return answerPolled(await rateLimit.poll(partner, rental), rental.id, request, reply);
        rateLimit.enforce(await rateLimit.count(partner), reply);
        requireAction(action);
      },
      handler: async (request, reply) => {
        const action = requireAction(chooseAction(request));
        const answer = await runAction(deps, action, request);
        if (answer.stream) return sendStream(request, reply, streams, answer.stream);
        if (!isV1) return sendAnswer(reply, answer);
        return sendV1Answer(request, reply, { action, answer, baseUrl: baseUrlOf(deps.ctx.config, request) });
      },
    });
  }
}

/**
 * The rental whose reply the count may bring along: for `status` one trip to Redis does both. It is answered then and
 * there: nothing of the request is left to be read, and every further step would cost more than the look-up.
 */
function polledRental(
  action: Action | undefined,
  { userId, scopes }: Partner,
  request: FastifyRequest,
): { id: number; userId: number } | null {
  if (!action?.cachedById || userId === null || !scopes.has('read')) return null;
  const id = polledId(action, queryOf(request));
  return id === null ? null : { id, userId };
}

/** Null when the query is not quite right; then the action itself says what is wrong. */
function polledId(action: Action, query: Record<string, unknown>): number | null {
  try {
    refuseRepeated(action.input, query);
    if (query.wait !== undefined) wait.read(query.wait);
    return activationId.read(query.id);
  } catch {
    return null;
  }
}
