import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '#libs/domain';
import type { Counter } from '#libs/platform';
import type { Authenticator, Partner } from '#libs/services';
import type { FailedSignIns } from './failed-sign-ins.ts';
import { showLimit } from './rate-limit.ts';

const LONGEST_KEY = 512;
const BEARER = /^bearer +(\S+) *$/i;

export interface Authentication {
  authenticator: Authenticator;
  failures: FailedSignIns;
  /** Counts keys that were not even looked at. */
  refused: Pick<Counter, 'inc'>;
}

/** The partner behind the request, at once for a key in use; one 401 for every reason. */
export function authenticate(
  parts: Authentication,
  request: FastifyRequest,
  reply: FastifyReply,
): Partner | Promise<Partner> {
  return authenticateKey(parts, presentedKey(request), request, reply);
}

/** The same for a key that came by another way than the headers. */
export function authenticateKey(
  parts: Authentication,
  presented: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Partner | Promise<Partner> {
  if (presented === null || presented.length > LONGEST_KEY) return refuse(parts);
  const known = parts.authenticator.recognise(presented, request);
  return known === null || known instanceof Promise ? signIn(parts, presented, known, request, reply) : known;
}

/** A key that works here passes whatever else comes from its address; others are looked at while that is behaving. */
async function signIn(
  parts: Authentication,
  presented: string,
  known: Promise<Partner | null> | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Partner> {
  const recognised = await known;
  if (recognised) return recognised;
  const { authenticator, failures, refused } = parts;
  const refusal = failures.refusal(request.ip);
  if (refusal) {
    refused.inc();
    showLimit(reply, { ...refusal, remaining: 0 });
    throw new PublicError('rate_limited', {
      message: 'Too many wrong API keys came from your address. Check the key before you try again.',
      retryAfterSeconds: refusal.resetSeconds,
    });
  }
  const partner = await authenticator.authenticate(presented, request);
  if (partner) return partner;
  failures.note(request.ip);
  return refuse(parts);
}

async function refuse({ authenticator }: Authentication): Promise<never> {
  if (await authenticator.hasKeys()) throw new PublicError('unauthorized');
  throw new PublicError('no_api_keys_configured', { retryAfterSeconds: 60 });
}

/** `Authorization: Bearer` counts before `X-API-Key`; with both, only the first is looked at. */
function presentedKey({ headers }: FastifyRequest): string | null {
  const key = BEARER.exec(headers.authorization ?? '')?.[1] ?? headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}
