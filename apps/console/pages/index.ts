import type { FastifyInstance } from 'fastify';
import { signOutOperator } from '#libs/services';
import type { ConsoleDeps } from '../deps.ts';
import { clearSessionCookie, readSessionCookie } from '../plugins/cookies.ts';
import { HttpError } from '../plugins/errors.ts';
import { requireCsrfToken, sessionOf } from '../plugins/sessions.ts';
import { renderPage } from '../views/layout.tsx';
import { activation } from './activation.tsx';
import { activations } from './activations.tsx';
import { invariants } from './invariants.tsx';
import { message } from './message.tsx';
import { messages } from './messages.tsx';
import { overview } from './overview.tsx';
import type { Page } from './page.ts';
import { partners } from './partners.tsx';
import { providers } from './providers.tsx';

const PAGES: Page[] = [overview, messages, message, activations, activation, partners, providers, invariants];

/** Routes of all pages, and signing out. The scope already requires a session. */
export function registerPages(scope: FastifyInstance, deps: ConsoleDeps): void {
  for (const page of PAGES) {
    scope.get(page.path, async (request, reply) => {
      const params = request.params as Record<string, string>;
      const query = request.query as Record<string, unknown>;
      const shown = await page.show({ deps, params, query });
      if (shown === null) throw new HttpError(404, 'There is no row with this id.');
      if (typeof shown === 'string') return reply.redirect(shown, 303);
      const session = sessionOf(request);
      const html = renderPage({ title: shown.title, path: page.section, session, children: shown.body });
      return reply.type('text/html; charset=utf-8').send(html);
    });
  }
  scope.post('/sign-out', async (request, reply) => {
    const session = sessionOf(request);
    requireCsrfToken(request, session.csrfToken);
    const token = readSessionCookie(request) ?? '';
    await signOutOperator({ ctx: deps, input: { token, operator: session.operator } });
    clearSessionCookie(request, reply);
    return reply.redirect('/sign-in', 303);
  });
}
