import type { FastifyInstance, FastifyReply } from 'fastify';
import { PublicError } from '#libs/domain';
import { createSlots } from '#libs/platform';

declare module 'fastify' {
  interface FastifyReply {
    /** Among the running ones; null when it is no longer there. */
    slot: number | null;
  }
}

const LOOK_EVERY_MS = 1_000;

/**
 * Answers 503 for a handler that has run for `limitMs`; one look a second at all that run. Fastify's own limit
 * ends with the request's body, so that it never comes to a POST, and costs a twelfth of accepting a message.
 */
export function registerDeadline(app: FastifyInstance, limitMs: number): void {
  const running = createSlots<FastifyReply>();
  app.decorateReply('slot', null);
  const forget = (reply: FastifyReply) => {
    if (reply.slot !== null) running.free(reply.slot);
    reply.slot = null;
  };
  app.addHook('onRequest', (_request, reply, done) => {
    reply.slot = running.add(reply);
    done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    forget(reply);
    done();
  });
  const look = () => {
    const startedBefore = performance.now() - limitMs;
    for (const reply of running.items()) {
      if (reply.request.facts.startedAt > startedBefore) continue;
      forget(reply);
      if (!reply.sent) reply.send(new PublicError('overloaded'));
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
