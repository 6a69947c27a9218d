import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_LIFETIME_SECONDS, signInOperator } from '#libs/services';
import { countOperators } from '#libs/store';
import type { ConsoleDeps } from './deps.ts';
import { renderSignIn } from './pages/sign-in.tsx';
import { readFormCookie, setFormCookie, setSessionCookie } from './plugins/cookies.ts';
import { HttpError } from './plugins/errors.ts';
import { requireCsrfToken } from './plugins/sessions.ts';
import { createSignInLimiter } from './sign-in-limiter.ts';

/** One sentence for an unknown name, a wrong password and a disabled operator. */
const REFUSED = 'Name or password is wrong.';
const LIMITED = 'Too many attempts. Wait 15 minutes, then try again.';
const BUSY = 'Others are signing in at this moment. Try again in a few seconds.';
/** Each takes 19 MiB and a moment of processor time. */
const MOST_AT_ONCE = 3;

/** GET shows the form, POST opens a session. The only routes beside the assets that need none. */
export function registerSignIn(app: FastifyInstance, deps: ConsoleDeps): void {
  const limiter = createSignInLimiter();
  let running = 0;

  app.get('/sign-in', async (request, reply) => {
    const { next } = request.query as { next?: unknown };
    return sendForm(deps, request, reply, { status: 200, next: localPath(next), problem: null });
  });

  app.post('/sign-in', async (request, reply) => {
    const { name, password, next } = fieldsOf(request.body);
    requireCsrfToken(request, readFormCookie(request) ?? randomBytes(32).toString('hex'));
    const refuse = (status: number, problem: string) =>
      sendForm(deps, request, reply, { status, next: localPath(next), problem });
    if (running >= MOST_AT_ONCE) return refuse(429, BUSY);
    if (!limiter.take(request.ip, name)) return refuse(429, LIMITED);
    running += 1;
    try {
      const session = await signInOperator({ ctx: deps, input: { name, password, address: request.ip } });
      if (!session) return refuse(401, REFUSED);
      limiter.forgive(request.ip, name);
      setSessionCookie(request, reply, session.token);
      return reply.redirect(localPath(next), 303);
    } finally {
      running -= 1;
    }
  });
}

async function sendForm(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  form: { status: number; next: string; problem: string | null },
): Promise<FastifyReply> {
  const csrfToken = readFormCookie(request) ?? randomBytes(32).toString('base64url');
  setFormCookie(request, reply, csrfToken);
  const page = renderSignIn({
    ...form,
    csrfToken,
    hasOperators: (await countOperators(deps.db)) > 0,
    isPlainHttp: request.protocol === 'http' && !isLoopback(request.hostname),
    sessionHours: SESSION_LIFETIME_SECONDS / 3_600,
  });
  return reply.code(form.status).type('text/html; charset=utf-8').send(page);
}

function fieldsOf(body: unknown): { name: string; password: string; next: unknown } {
  const { name, password, next } = (body ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof password !== 'string' || name.includes('\0'))
    throw new HttpError(400, 'The form needs a name and a password.');
  return { name: name.trim(), password, next };
}

/** Where to go after signing in: a path of ours, never another site. */
function localPath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.startsWith('/sign-')
    ? next
    : '/';
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(hostname);
}
