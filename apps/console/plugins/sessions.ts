import type { FastifyInstance, FastifyRequest } from 'fastify';
import { equalInConstantTime } from '#libs/platform';
import { readOperatorSession } from '#libs/services';
import type { OperatorSession } from '#libs/store';
import type { ConsoleDeps } from '../deps.ts';
import { readSessionCookie } from './cookies.ts';
import { HttpError } from './errors.ts';

const sessions = new WeakMap<FastifyRequest, OperatorSession>();

/** Every route of this scope needs a session: pages lead to the sign-in page, everything else is 401. */
export function registerSessions(scope: FastifyInstance, deps: ConsoleDeps): void {
  scope.addHook('onRequest', async (request, reply) => {
    const token = readSessionCookie(request);
    const session = token === null ? null : await readOperatorSession({ ctx: deps, input: { token } });
    if (session) {
      sessions.set(request, session);
      return;
    }
    if (request.method !== 'GET' || !request.headers.accept?.includes('text/html'))
      throw new HttpError(401, 'Sign in first: the session has ended.');
    return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  });
}

export function sessionOf(request: FastifyRequest): OperatorSession {
  const session = sessions.get(request);
  if (!session) throw new Error('a route outside the scope of sessions asked for one');
  return session;
}

/** For our own forms; a cross-site page cannot know the token. */
export function requireCsrfToken(request: FastifyRequest, expected: string): void {
  const body = request.body;
  const given = typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : null;
  if (typeof given === 'string' && equalInConstantTime(Buffer.from(given), Buffer.from(expected))) return;
  throw new HttpError(403, 'The form is out of date. Go back, reload the page and try again.');
}
