import { randomBytes } from 'node:crypto';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from '../core/calls.ts';
import type { SandboxContext } from '../core/context.ts';
import { type Answer, send, serveCall } from '../core/reply.ts';
import { createMessage } from './create-message.ts';
import { deleteMessage } from './delete-message.ts';
import { twilioError } from './errors.ts';
import { twilioFaultAnswer } from './fault-answers.ts';
import { fetchMessage } from './fetch-message.ts';
import { type Form, field } from './form.ts';
import { listMessages } from './list-messages.ts';
import { updateMessage } from './update-message.ts';

interface Route {
  Params: { accountSid: string; resource: string };
  Querystring: Form;
  Body: Form | null;
}

type Request = FastifyRequest<Route>;

/** The Messages resource, to be registered under `/2010-04-01/Accounts`. */
export async function registerTwilio(app: FastifyInstance, ctx: SandboxContext): Promise<void> {
  await app.register(formbody);
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('twilio-request-id', `RQ${randomBytes(16).toString('hex')}`);
  });
  app.setNotFoundHandler((request, reply) => {
    send(reply, twilioError(20404, `The requested resource ${request.url.split('?', 1)[0]} was not found`));
  });
  const serve = (
    request: Request,
    reply: FastifyReply,
    call: Omit<Call, 'provider'>,
    run: (call: Call) => Answer | Promise<Answer>,
  ): Promise<void> => {
    const full: Call = { provider: 'twilio', ...call };
    return serveCall(ctx, full, reply, twilioFaultAnswer, () => authProblem(ctx, request) ?? run(full));
  };

  app.post<Route>('/:accountSid/Messages.json', async (request, reply) => {
    const form = request.body ?? {};
    await serve(request, reply, { action: 'create', to: field(form, 'To') }, (call) =>
      createMessage(ctx, form, call),
    );
    return reply;
  });
  app.get<Route>('/:accountSid/Messages.json', async (request, reply) => {
    const query = request.query;
    await serve(request, reply, { action: 'list', to: field(query, 'To') }, () => listMessages(ctx, query));
    return reply;
  });
  const one = (action: string, run: (sid: string, request: Request) => Answer | Promise<Answer>) => {
    return async (request: Request, reply: FastifyReply) => {
      const sid = request.params.resource.replace(/\.json$/, '');
      await serve(request, reply, { action, to: ctx.state.messages.get(sid)?.to }, () => run(sid, request));
      return reply;
    };
  };
  app.get<Route>(
    '/:accountSid/Messages/:resource',
    one('fetch', (sid) => fetchMessage(ctx, sid)),
  );
  app.post<Route>(
    '/:accountSid/Messages/:resource',
    one('update', (sid, request) => updateMessage(ctx, sid, request.body ?? {})),
  );
  app.delete<Route>(
    '/:accountSid/Messages/:resource',
    one('delete', (sid) => deleteMessage(ctx, sid)),
  );
}

function authProblem({ settings }: SandboxContext, request: Request): Answer | null {
  const expected = Buffer.from(`${settings.accountSid}:${settings.authToken}`).toString('base64');
  if (request.headers.authorization !== `Basic ${expected}`) return twilioError(20003);
  if (request.params.accountSid === settings.accountSid) return null;
  return twilioError(20404, `The requested resource ${request.url.split('?', 1)[0]} was not found`);
}
