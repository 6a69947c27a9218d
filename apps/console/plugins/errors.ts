import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseUnavailable } from '#libs/platform';
import type { ConsoleDeps } from '../deps.ts';
import { renderMessagePage } from '../views/message-page.tsx';

/** Ends a request with this status and a sentence for the reader. */
export class HttpError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const TITLES: Record<number, string> = {
  400: 'Not understood',
  401: 'Signed out',
  403: 'Not allowed',
  404: 'Not found',
  429: 'Too many attempts',
  503: 'Not available',
};

export function registerErrors(app: FastifyInstance, { log }: ConsoleDeps): void {
  app.setNotFoundHandler((request, reply) => send(request, reply, 404, 'There is no such page.'));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof HttpError) return send(request, reply, error.statusCode, error.message);
    if (isDatabaseUnavailable(error))
      return send(
        request,
        reply,
        503,
        'PostgreSQL does not answer. Try again in a moment; smsx doctor tells more.',
      );
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ event: 'console.failed', path: request.routeOptions.url, err: error });
    return send(
      request,
      reply,
      status,
      status < 500 ? error.message : 'Something broke. The log tells what.',
    );
  });
}

/** Pages for people, JSON for Bull Board's own calls. */
export function send(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
): FastifyReply {
  reply.code(status);
  const title = TITLES[status] ?? 'Failed';
  if (request.headers.accept?.includes('text/html')) {
    return reply.type('text/html; charset=utf-8').send(renderMessagePage(title, message));
  }
  return reply.send({ ok: false, error: title, message });
}
