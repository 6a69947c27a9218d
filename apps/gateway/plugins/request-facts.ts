import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Partner } from '#libs/services';
import type { GatewayDeps } from '../deps.ts';

/** What is learnt about a request on its way; the log line is made of it. */
export interface RequestFacts {
  startedAt: number;
  /** Name of the API action, once it is known. */
  action: string | null;
  partner: Partner | null;
  /** Rows the request made or asked about. */
  ids: Record<string, string | number>;
  /** What was answered, where the HTTP status does not tell. */
  token?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
  }
}

const SANE_REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export function registerRequestFacts(app: FastifyInstance, deps: Pick<GatewayDeps, 'isDraining'>): void {
  app.decorateRequest('facts');
  app.addHook('onRequest', (request, reply, done) => {
    request.facts = {
      startedAt: performance.now(),
      action: null,
      partner: null,
      ids: {},
    };
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
  // When the reply leaves, not when the request comes: one that runs while the process closes would otherwise keep
  // its connection, and the process, open for the whole keep-alive time.
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (deps.isDraining()) reply.header('connection', 'close');
    if (request.facts?.partner?.mode === 'test') reply.header('smsx-mode', 'test');
    done();
  });
}

/** The caller's own id when it is a sane one, so that both sides find the request in their logs. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}
