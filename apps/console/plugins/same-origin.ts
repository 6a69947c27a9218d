import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpError } from './errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isUnsafe(request: FastifyRequest): boolean {
  return !SAFE.has(request.method);
}

/** Every request that may change something must come from a page of this console. */
export function registerSameOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (isUnsafe(request) && !comesFromHere(request)) {
      throw new HttpError(
        403,
        'This request did not come from a page of this console. Behind a proxy, pass the Host header on and list the proxy in TRUST_PROXY.',
      );
    }
  });
}

/** Browsers send at least one of the two with an unsafe request; where both are missing, it is refused. */
function comesFromHere(request: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined) return origin === `${request.protocol}://${request.host}`;
  return site === 'same-origin';
}
