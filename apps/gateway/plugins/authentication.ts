import type { FastifyRequest } from 'fastify';
import { PublicError } from '#libs/domain';
import type { Authenticator, Partner } from '#libs/services';

const LONGEST_KEY = 512;

/** The partner behind the request; one 401 for every reason. */
export async function authenticate(authenticator: Authenticator, request: FastifyRequest): Promise<Partner> {
  return authenticateKey(authenticator, presentedKey(request), request);
}

/** The same for a key that came by another way than the headers. */
export async function authenticateKey(
  authenticator: Authenticator,
  key: string | null,
  request: FastifyRequest,
): Promise<Partner> {
  const presented = key !== null && key.length <= LONGEST_KEY ? key : null;
  const partner = presented && (await authenticator.authenticate(presented, request.ip));
  if (partner) return partner;
  if (await authenticator.hasKeys()) throw new PublicError('unauthorized');
  throw new PublicError('no_api_keys_configured', { retryAfterSeconds: 60 });
}

/** `Authorization: Bearer` counts before `X-API-Key`; with both, only the first is looked at. */
function presentedKey(request: FastifyRequest): string | null {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
  const key = bearer ?? request.headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}
