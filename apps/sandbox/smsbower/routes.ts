import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SandboxContext } from '../core/context.ts';
import { type Answer, send, serveCall, text } from '../core/reply.ts';
import { ACTIONS } from './actions/index.ts';
import { envelope, noAccess, smsbowerFaultAnswer } from './fault-answers.ts';
import { parameter, type Query } from './query.ts';

export const SMSBOWER_PATH = '/stubs/handler_api.php';

/** GET and HEAD only, the key in the query; errors of the framework in JSON, those of the business as words with 200. */
export async function registerSmsbower(app: FastifyInstance, ctx: SandboxContext): Promise<void> {
  // A body is never looked at, so none can be malformed before the method is refused.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
  app.get<{ Querystring: Query }>(SMSBOWER_PATH, async (request, reply) => {
    const query = request.query;
    const action = parameter(query, 'action') ?? '';
    const call = {
      provider: 'smsbower',
      action: Object.hasOwn(ACTIONS, action) ? action : 'unknown',
      activationId: parameter(query, 'id') ?? undefined,
    } as const;
    await serveCall(ctx, call, reply, smsbowerFaultAnswer, () => {
      if (parameter(query, 'api_key') !== ctx.settings.apiKey) return noAccess();
      const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
      return run ? run({ ctx, query, call }) : text('BAD_ACTION');
    });
    return reply;
  });
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url: SMSBOWER_PATH,
    handler: (request, reply) => send(reply, methodNotSupported(request)),
  });
  app.setNotFoundHandler((request, reply) => send(reply, routeNotFound(request)));
}

function methodNotSupported({ method }: FastifyRequest): Answer {
  const route = SMSBOWER_PATH.slice(1);
  const answer = envelope(
    `The ${method} method is not supported for route ${route}. Supported methods: GET, HEAD.`,
    405,
  );
  return { ...answer, headers: { ...answer.headers, allow: 'GET, HEAD' } };
}

function routeNotFound({ url }: FastifyRequest): Answer {
  return envelope(`The route ${url.slice(1).split('?', 1)[0]} could not be found.`, 404);
}
