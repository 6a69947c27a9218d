import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_LIFETIME_SECONDS } from '#libs/services';

/** `__Host-` binds a cookie to https and this host; browsers refuse the prefix over plain http. */
function nameOf(request: FastifyRequest, name: string): string {
  return request.protocol === 'https' ? `__Host-${name}` : name;
}

function optionsOf(request: FastifyRequest) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
  } as const;
}

const SESSION = 'smsx_session';
const FORM = 'smsx_form';

export function readSessionCookie(request: FastifyRequest): string | null {
  return request.cookies[nameOf(request, SESSION)] ?? null;
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(nameOf(request, SESSION), token, {
    ...optionsOf(request),
    maxAge: SESSION_LIFETIME_SECONDS,
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(nameOf(request, SESSION), optionsOf(request));
}

/** Before there is a session, the sign-in form proves by this cookie that this console made it. */
export function readFormCookie(request: FastifyRequest): string | null {
  return request.cookies[nameOf(request, FORM)] ?? null;
}

export function setFormCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(nameOf(request, FORM), token, { ...optionsOf(request), maxAge: 3_600 });
}
