import type { FastifyRequest } from 'fastify';
import type { Answer } from './actions/action.ts';
import { refuseRepeated } from './actions/field.ts';
import type { Action } from './actions/index.ts';
import { queryOf } from './choose-action.ts';
import type { GatewayDeps } from './deps.ts';
import { bodyBytes, readJsonObject } from './plugins/body.ts';
import { readIdempotency, readPreferredWait } from './plugins/request-headers.ts';

/** Reads what the action takes from the request and runs it. The partner has been found before. */
export async function runAction(
  { ctx }: GatewayDeps,
  action: Action,
  request: FastifyRequest,
): Promise<Answer> {
  const { partner } = request.facts;
  if (!partner) throw new Error('an action needs a partner');
  const posted = action.method === 'POST';
  const params = request.params as Record<string, unknown>;
  refuseRepeated(posted ? {} : action.input, queryOf(request));
  const given = posted ? readBody(action, params, request) : queryOf(request);
  const input = { ...given, ...params };
  const answer = await action.run({
    ctx,
    partner,
    requestId: request.id,
    idempotency: posted ? readIdempotency(request, action.name, input) : null,
    waitSeconds: action.prefersWait ? readPreferredWait(request) : 0,
    accept: request.headers.accept ?? '',
    lastEventId: lastEventIdOf(request),
    raw: input,
  });
  request.facts.ids = answer.ids ?? {};
  return answer;
}

/** Node joins what is sent twice, which then is no id. */
function lastEventIdOf(request: FastifyRequest): string | null {
  const header = request.headers['last-event-id'];
  return header === undefined ? null : String(header);
}

/** Where the path says everything that is required, a body may be left out. */
function readBody(
  action: Action,
  params: Record<string, unknown>,
  request: FastifyRequest,
): Record<string, unknown> {
  const inPath = Object.keys(params);
  const needed = Object.entries(action.input).some(isNeeded(inPath));
  return !needed && bodyBytes(request).length === 0 ? {} : readJsonObject(request);
}

const isNeeded =
  (inPath: string[]) =>
  ([name, field]: [string, { required: boolean }]): boolean =>
    field.required && !inPath.includes(name);
