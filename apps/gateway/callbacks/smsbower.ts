import type { FastifyInstance } from 'fastify';
import { PublicError } from '#libs/domain';
import { type PushInput, recordPush } from '#libs/services';
import type { GatewayDeps } from '../deps.ts';
import { readJsonObject } from '../plugins/body.ts';
import { badRequest, JSON_TYPE } from '../plugins/errors.ts';
import { onlyMethods } from '../plugins/methods.ts';

/** What could be one; PostgreSQL would choke on a NUL. */
const SECRET = /^[A-Za-z0-9_-]{1,128}$/;
const MOST_COUNTRY = 2 ** 31 - 1;

/**
 * A number provider's push. It is unsigned: the path carries the only secret, and the provider is asked before
 * anything is believed. 200 exactly, also for a rental that nobody knows, or it is sent again and again.
 */
export async function registerSmsbowerPush(app: FastifyInstance, { ctx }: GatewayDeps): Promise<void> {
  app.route<{ Params: { secret: string } }>({
    url: '/callbacks/smsbower/:secret',
    method: app.supportedMethods,
    onRequest: onlyMethods('POST'),
    handler: async (request, reply) => {
      request.facts.action = 'smsbower-push';
      const push = readPush(readJsonObject(request));
      const { secret } = request.params;
      const known = SECRET.test(secret) && (await recordPush({ ctx, input: { secret, ...push } }));
      if (!known) throw new PublicError('forbidden');
      return reply.header('content-type', JSON_TYPE).send('{"ok":true}');
    },
  });
}

/** Ids and codes come as numbers or as text; what cannot be read but is not needed counts as absent. */
function readPush(body: Record<string, unknown>): Omit<PushInput, 'secret'> {
  const providerRef = textOf(body.activationId);
  if (providerRef === null || !/^[A-Za-z0-9_-]{1,64}$/.test(providerRef)) {
    throw badRequest('invalid_request', 'activationId is missing.');
  }
  const service = textOf(body.service);
  return {
    providerRef,
    service: service !== null && /^[A-Za-z0-9_-]{1,32}$/.test(service) ? service : null,
    country: countryOf(textOf(body.country)),
    code: textOf(body.code),
    text: textOf(body.text),
  };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? value : null;
}

function countryOf(value: string | null): number | null {
  if (value === null || !/^[0-9]{1,10}$/.test(value)) return null;
  return Number(value) <= MOST_COUNTRY ? Number(value) : null;
}
