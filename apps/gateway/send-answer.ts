import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorBody } from '#libs/domain';
import type { Answer, StreamStart } from './actions/action.ts';
import type { Action } from './actions/index.ts';
import type { EventStreams } from './event-streams.ts';
import { JSON_TYPE, retryAfterSeconds } from './plugins/errors.ts';
import { PROBLEM_TYPE, problemOf } from './plugins/problem.ts';

/** The bytes go out as the services made them: a repeated reply is the same to the last byte. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return sendKept(reply.header('content-type', JSON_TYPE), answer);
}

/** As sendAnswer, for /v1: with its headers, as problem details where it is a refusal, and 304 for what is known. */
export function sendV1Answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { action, answer, baseUrl }: { action: Action; answer: Answer; baseUrl: string },
): FastifyReply {
  if (answer.status >= 400) {
    // Made by a service, and so one of ours.
    const refusal = JSON.parse(answer.body) as ErrorBody;
    return sendKept(reply.header('content-type', PROBLEM_TYPE), {
      ...answer,
      body: JSON.stringify(problemOf(refusal, baseUrl)),
    });
  }
  if (typeof answer.nextCursor === 'string') reply.header('link', nextLink(request, answer.nextCursor));
  const headers = { 'content-type': JSON_TYPE, ...answer.headers };
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  if (action.etag && answer.status === 200) {
    const etag = `W/"${hash('sha1', answer.body, 'base64url')}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (isKnown(request.headers['if-none-match'], etag)) {
      return reply.removeHeader('content-type').code(304).send();
    }
    return reply.code(200).send(answer.body);
  }
  return sendKept(reply, answer);
}

/** Server-Sent Events, until the stream ends or its reader goes away. */
export function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  streams: EventStreams,
  start: StreamStart,
): FastifyReply {
  const { partner } = request.facts;
  if (!partner) throw new Error('a stream needs a partner');
  // A proxy that collects what passes would hold back every event.
  reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
  reply.code(200).header('cache-control', 'no-store');
  if (request.method === 'HEAD') return reply.send();
  return reply.send(streams.open({ keyId: partner.keyId, owner: partner.owner, ...start }));
}

function sendKept(reply: FastifyReply, { status, body, replayed }: Answer): FastifyReply {
  const seconds = retryAfterSeconds(status);
  if (seconds !== null) reply.header('retry-after', seconds);
  if (replayed) reply.header('idempotent-replayed', 'true');
  return reply.code(status).header('cache-control', 'no-store').send(body);
}

/** The same request with the next cursor; relative to where it was asked. */
function nextLink(request: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}

/** Weak comparison, as If-None-Match has it. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = etag.slice(2);
  return header.split(',').some((part) => {
    const candidate = part.trim();
    return candidate === '*' || candidate === etag || candidate === opaque;
  });
}
