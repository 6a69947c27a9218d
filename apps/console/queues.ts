import { AsyncLocalStorage } from 'node:async_hooks';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperatorRole } from '#libs/services';
import { writeAudit } from '#libs/store';
import type { ConsoleDeps } from './deps.ts';
import { HttpError } from './plugins/errors.ts';
import { QUEUES_POLICY } from './plugins/headers.ts';
import { isUnsafe } from './plugins/same-origin.ts';
import { sessionOf } from './plugins/sessions.ts';

const PATH = '/queues';

/** Whose request is being served: Bull Board asks its queues whether they are read-only each time. */
const currentRole = new AsyncLocalStorage<OperatorRole>();

/** Bull Board: viewers look, admins may also retry, promote and remove. A job holds ids only, so this is harmless. */
export async function registerQueues(scope: FastifyInstance, deps: ConsoleDeps): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  const board = createBullBoard({
    queues: [],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'smsx queues', miscLinks: [{ text: 'Console', url: '/' }] } },
  });
  const shown = new Set<string>();
  const showQueues = () => {
    for (const queue of deps.jobs.queues()) {
      if (shown.has(queue.name)) continue;
      shown.add(queue.name);
      board.addQueue(adapterOf(queue));
    }
  };

  await scope.register(async (queues) => {
    queues.addHook('onRequest', async (_request, reply) => {
      await reply.helmet({ contentSecurityPolicy: { useDefaults: false, directives: QUEUES_POLICY } });
      if (!deps.redisIsReady())
        throw new HttpError(
          503,
          'Redis is not reachable, and the queues live there. Nothing is lost: rows are in PostgreSQL.',
        );
      showQueues();
    });
    queues.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' && payload.startsWith('<!DOCTYPE html>')
        ? withoutWebFont(payload)
        : payload,
    );
    queues.addHook('preHandler', async (request) => {
      if (isUnsafe(request)) await allowAndRecord(request, deps);
    });
    queues.addHook('preHandler', (request, _reply, done) => currentRole.run(sessionOf(request).role, done));
    await queues.register(serverAdapter.registerPlugin(), { prefix: PATH });
  });
}

async function allowAndRecord(request: FastifyRequest, deps: ConsoleDeps): Promise<void> {
  const { operator, role } = sessionOf(request);
  if (role !== 'admin') throw new HttpError(403, 'Only operators of the role admin may change queues.');
  await writeAudit(deps.db, {
    actor: `operator:${operator}`,
    action: 'queues.changed',
    subject: request.url.split('?')[0]?.slice(0, 200) ?? PATH,
    details: { method: request.method, address: request.ip },
  });
}

type Queue = ReturnType<ConsoleDeps['jobs']['queues']>[number];

function adapterOf(queue: Queue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue);
  const isAdmin = () => currentRole.getStore() === 'admin';
  Object.defineProperties(adapter, {
    readOnlyMode: { get: () => !isAdmin() },
    allowRetries: { get: isAdmin },
  });
  return adapter;
}

/** The policy blocks it anyway; this spares the reader's console the complaint. */
function withoutWebFont(page: string): string {
  return page.replace(/<link href="https:[^>]*>/g, '');
}
