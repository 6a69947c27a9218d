import type { FastifyInstance, FastifyReply } from 'fastify';
import { PublicError } from '#libs/domain';

const LOOK_EVERY_MS = 1_000;

/**
 * Answers 503 for a handler that has run for `limitMs`; one look a second at the oldest requests. Fastify's own limit
 * ends with the request's body, so that it never comes to a POST, and costs a twelfth of accepting a message.
 */
export function registerDeadline(app: FastifyInstance, limitMs: number): void {
  // In the order they came, so the first is the oldest.
  const running = new Set<FastifyReply>();
  app.addHook('onRequest', (_request, reply, done) => {
    running.add(reply);
    done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    running.delete(reply);
    done();
  });
  const look = () => {
    const startedBefore = performance.now() - limitMs;
    for (const reply of running) {
      if (reply.request.facts.startedAt > startedBefore) return;
      running.delete(reply);
      if (!reply.sent) reply.send(new PublicError('overloaded'));
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
