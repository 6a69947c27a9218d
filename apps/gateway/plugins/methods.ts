import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '#libs/domain';

/** For paths that are not actions: any other method is a 405 that names these. */
export function onlyMethods(...allowed: string[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (allowed.includes(request.method)) return;
    reply.header('allow', allowed.join(', '));
    throw new PublicError('method_not_allowed', {
      message: `${request.method} is not allowed here; use ${allowed[0]}.`,
    });
  };
}
