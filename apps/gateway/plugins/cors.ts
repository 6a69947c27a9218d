import type { FastifyReply } from 'fastify';

/** Browsers of any origin may read replies, errors included: the key is what protects, not the origin. */
export function allowAnyOrigin(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*');
  reply.header('access-control-expose-headers', EXPOSED);
}

/** The reply to a preflight, which carries no key. */
export function answerPreflight(reply: FastifyReply, allow: string): FastifyReply {
  return reply
    .code(204)
    .header('allow', allow)
    .header('access-control-allow-methods', 'GET, HEAD, POST')
    .header('access-control-allow-headers', ALLOWED)
    .header('access-control-max-age', 86_400)
    .send();
}

const ALLOWED = 'Authorization, X-API-Key, Content-Type, Idempotency-Key, Prefer, X-Request-Id';
const EXPOSED =
  'RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id, Idempotent-Replayed, Smsx-Mode';
