import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Strict headers for every reply. No outside source, no inline script, no frame. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    // `no-referrer` would make browsers send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}

/**
 * Bull Board's page names its own base address, and its script adds style elements as dialogs and notices need them.
 * Scripts stay files of ours.
 */
export const QUEUES_POLICY = {
  ...POLICY,
  'style-src': ["'self'", "'unsafe-inline'"],
  'base-uri': ["'self'"],
};
