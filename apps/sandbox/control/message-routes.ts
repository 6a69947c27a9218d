import type { FastifyInstance } from 'fastify';
import type { SandboxContext } from '../core/context.ts';
import type { MessageStatus } from '../core/state.ts';
import { moveTo } from '../twilio/lifecycle.ts';
import { bodyOf } from './body.ts';
import { ControlError } from './errors.ts';
import { viewMessage } from './views.ts';

const STATUSES: readonly string[] = [
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
] satisfies MessageStatus[];

export function registerMessageRoutes(app: FastifyInstance, ctx: SandboxContext): void {
  app.get('/messages', () => ({ messages: [...ctx.state.messages.values()].map(viewMessage) }));
  app.post('/message-status', async (request) => {
    const { sid, status, errorCode } = bodyOf(request);
    const message = ctx.state.messages.get(String(sid));
    if (!message)
      throw new ControlError(404, `There is no message ${sid}. GET /control/messages lists them.`);
    if (!isStatus(status)) throw new ControlError(400, `status must be one of ${STATUSES.join(', ')}.`);
    message.steps = [];
    const atMs = ctx.clock.nowMs();
    await moveTo(ctx, message, { status, atMs, errorCode: typeof errorCode === 'number' ? errorCode : null });
    return { message: viewMessage(message) };
  });
}

function isStatus(value: unknown): value is MessageStatus {
  return typeof value === 'string' && STATUSES.includes(value);
}
