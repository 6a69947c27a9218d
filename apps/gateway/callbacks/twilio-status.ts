import type { FastifyInstance, FastifyRequest } from 'fastify';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { PublicError } from '#libs/domain';
import { isOwnStatusCallback, recordMessageStatus } from '#libs/services';
import type { GatewayDeps } from '../deps.ts';
import { bodyBytes } from '../plugins/body.ts';
import { badRequest } from '../plugins/errors.ts';
import { onlyMethods } from '../plugins/methods.ts';

const PATH = '/callbacks/twilio/status';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The SMS provider's word on a message. Two signatures must hold: the provider's over the public URL and the form,
 * and ours over message and epoch, which it carries back to us. Everything else is forged, and changes nothing.
 */
export async function registerTwilioStatus(app: FastifyInstance, { ctx }: GatewayDeps): Promise<void> {
  const { twilio, publicBaseUrl } = ctx.config;
  app.route({
    url: PATH,
    method: app.supportedMethods,
    onRequest: onlyMethods('POST'),
    handler: async (request, reply) => {
      if (!twilio || publicBaseUrl === null) throw new PublicError('not_found');
      request.facts.action = 'twilio-status';
      const form = readForm(request);
      const claimed = readClaim(request);
      const signed = webhooks.validateRequest(
        twilio.authToken,
        headerText(request, 'x-twilio-signature'),
        `${publicBaseUrl}${request.raw.url}`,
        form,
      );
      if (!signed || !claimed || !isOwnStatusCallback(ctx, claimed)) throw new PublicError('forbidden');
      request.facts.ids = { message_id: claimed.id };
      await recordMessageStatus({ ctx, input: { messageId: claimed.id, ...readStatus(form) } });
      return reply.code(204).send();
    },
  });
}

/** Every field counts for the signature, known or not; a repeated one is a list. */
function readForm(request: FastifyRequest): Record<string, string | string[]> {
  const form = new URLSearchParams(bodyBytes(request).toString('utf8'));
  const entries = [...new Set(form.keys())].map((name): [string, string | string[]] => {
    const values = form.getAll(name);
    return [name, values.length === 1 ? (values[0] ?? '') : values];
  });
  return Object.fromEntries(entries);
}

function readClaim(request: FastifyRequest): { id: string; epoch: number; signature: string } | null {
  const { m: id, e: epoch, s: signature } = request.query as Record<string, unknown>;
  if (typeof id !== 'string' || typeof epoch !== 'string' || typeof signature !== 'string') return null;
  return UUID.test(id) && /^[0-9]{1,9}$/.test(epoch) ? { id, epoch: Number(epoch), signature } : null;
}

function readStatus(form: Record<string, string | string[]>) {
  const { MessageSid: sid, MessageStatus: status, ErrorCode: code } = form;
  if (typeof sid !== 'string' || !/^[A-Za-z0-9]{1,64}$/.test(sid)) throw missing('MessageSid');
  if (typeof status !== 'string' || !/^[a-z_]{1,32}$/.test(status)) throw missing('MessageStatus');
  return {
    providerSid: sid,
    providerStatus: status,
    providerErrorCode: typeof code === 'string' && /^[0-9]{1,10}$/.test(code) ? code : null,
  };
}

function missing(name: string): PublicError {
  return badRequest('invalid_request', `${name} is missing or not a word.`);
}

function headerText(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
