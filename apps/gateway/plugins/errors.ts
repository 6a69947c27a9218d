import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, type ErrorCode, errorBody, errorReply, PublicError } from '#libs/domain';
import { type Config, isDatabaseUnavailable, type Logger } from '#libs/platform';
import { baseUrlOf } from '../docs/base-url.ts';
import { PROBLEM_TYPE, problemOf, speaksProblems } from './problem.ts';
import { requestIdOf } from './request-facts.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

type ErrorSettings = Pick<Config, 'publicBaseUrl'>;

/** Every error leaves in one shape (under /v1 with that of RFC 9457), and none tells more than its public sentence. */
export function registerErrors(
  app: FastifyInstance,
  { log, config }: { log: Logger; config: ErrorSettings },
): void {
  app.setErrorHandler((error, request, reply) => {
    const shown = publicErrorOf(error);
    if (shown.code === 'internal_error') {
      log.error({
        event: 'http.failed',
        request_id: request.id,
        action: request.facts?.action ?? null,
        err: error,
      });
    }
    return sendError(config, shown, request, reply);
  });
  app.setNotFoundHandler((request, reply) => sendError(config, new PublicError('not_found'), request, reply));
}

/** A 400 says which field it is and how to put it right. */
export function badRequest(
  code: ErrorCode,
  problem: string = ERRORS[code].message,
  param: string | null = null,
): PublicError {
  return new PublicError(code, { message: `${problem} ${ERRORS[code].fix}`, param });
}

/** Seconds after which to come again, for each reply that says so. */
export function retryAfterSeconds(status: number, known: number | null = null): number | null {
  if (known !== null) return Math.max(1, Math.ceil(known));
  if (status === 429) return 1;
  return status === 503 ? 5 : null;
}

/** For requests that the router could not even take apart; hooks do not run for them. */
export function answerFrameworkError(config: ErrorSettings) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const long = codeOf(error) === 'FST_ERR_MAX_PARAM_LENGTH';
    reply.header('x-request-id', request.id);
    sendError(config, long ? new PublicError('not_found') : badRequest('invalid_request'), request, reply);
  };
}

/** For bytes that are no HTTP request. The status tells what is wrong; there is no route and so no other code. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, reason] = brokenRequestStatus(error.code);
  const requestId = requestIdOf({ headers: {} });
  const { body } = errorReply(new PublicError('invalid_request', { message: reason }), requestId);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function brokenRequestStatus(code: string | undefined): [string, string] {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return [
      '431 Request Header Fields Too Large',
      'The headers are larger than 16 KiB. Send fewer or shorter ones.',
    ];
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return ['408 Request Timeout', 'The request did not arrive in time. Send it again.'];
  }
  return ['400 Bad Request', 'The request is not valid HTTP. Check the request line and the headers.'];
}

function sendError(
  config: ErrorSettings,
  error: PublicError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status } = error;
  const seconds = retryAfterSeconds(status, error.retryAfterSeconds);
  if (seconds !== null) reply.header('retry-after', seconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(status).header('cache-control', 'no-store');
  if (!speaksProblems(request.url)) {
    return reply.header('content-type', JSON_TYPE).send(errorReply(error, request.id).body);
  }
  const problem = problemOf(errorBody(error, request.id), baseUrlOf(config, request));
  return reply.header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** What of an error a caller may know. */
export function publicErrorOf(error: unknown): PublicError {
  if (error instanceof PublicError) return error;
  if (isDatabaseUnavailable(error))
    return new PublicError('overloaded', { retryAfterSeconds: 1, cause: error });
  const code = codeOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new PublicError('payload_too_large');
  if (code.startsWith('FST_') && isClientFault(error)) return badRequest('invalid_request');
  return new PublicError('internal_error', { cause: error });
}

function isClientFault(error: unknown): boolean {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
