import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { ControlError } from '../control/errors.ts';
import { findRental } from '../control/find-rental.ts';
import { requireOpen } from '../control/rental-routes.ts';
import type { SandboxContext } from '../core/context.ts';
import { receiveSms } from '../smsbower/rentals.ts';
import { renderInbox } from './page.tsx';
import { INBOX_SCRIPT } from './script.ts';
import { INBOX_STYLE } from './style.ts';

const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The page a person looks at: what was sent, what is rented, and a button that makes a code arrive. */
export async function registerInbox(app: FastifyInstance, ctx: SandboxContext): Promise<void> {
  await app.register(formbody);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });
  app.get('/', (request, reply) => {
    const url = `http://${request.host}`;
    return reply.type('text/html; charset=utf-8').send(renderInbox(ctx, { url }));
  });
  app.get('/inbox.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(INBOX_STYLE));
  app.get('/inbox.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(INBOX_SCRIPT));
  app.post<{ Body: Record<string, string> | null }>('/inbox/code', async (request, reply) => {
    const { activation_id: activationId, code } = request.body ?? {};
    try {
      const rental = findRental(ctx, { activationId });
      requireOpen(rental);
      await receiveSms(ctx, rental, code?.trim() ? { code: code.trim() } : {});
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      const page = renderInbox(ctx, { url: `http://${request.host}`, notice: error.message });
      return reply.status(error.statusCode).type('text/html; charset=utf-8').send(page);
    }
    return reply.redirect('/', 303);
  });
}
