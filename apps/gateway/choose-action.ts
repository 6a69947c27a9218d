import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '#libs/domain';
import type { Action, Endpoint, Method } from './actions/index.ts';
import { allowAnyOrigin, answerPreflight } from './plugins/cors.ts';
import { badRequest } from './plugins/errors.ts';

/** What a request asks of an endpoint: named by its query, or by its method alone. */
export type ChooseAction = (request: FastifyRequest) => Action | undefined;

export function chooserOf(endpoint: Endpoint): ChooseAction {
  if (endpoint.chosenByQuery) {
    return (request) => {
      const name = queryOf(request).action;
      return typeof name === 'string' ? endpoint.actions.get(name) : undefined;
    };
  }
  const byMethod = new Map<string, Action>();
  for (const action of endpoint.actions.values()) {
    for (const method of methodsOf(action)) byMethod.set(method, action);
  }
  return (request) => byMethod.get(request.method);
}

/** The action, once its method has been checked. */
export function requireAction(action: Action | undefined): Action {
  if (!action) throw badRequest('invalid_action', undefined, 'action');
  return action;
}

export type MethodCheck = (
  action: Action | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
) => boolean;

/** 405 for what no action here takes, and for a known action asked with the wrong method. True: it is answered. */
export function methodCheck(endpoint: Endpoint): MethodCheck {
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
  return [...new Set(actions.flatMap(methodsOf)), ...(endpoint.cors ? ['OPTIONS'] : [])];
}

function methodsOf({ method }: { method: Method }): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

export function queryOf(request: FastifyRequest): Record<string, unknown> {
  return request.query as Record<string, unknown>;
}
