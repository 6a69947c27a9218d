import type { SandboxContext } from '../core/context.ts';
import { type Answer, json } from '../core/reply.ts';
import { twilioError } from './errors.ts';
import { messageNotFound } from './fetch-message.ts';
import { type Form, field } from './form.ts';
import { moveTo } from './lifecycle.ts';
import { messageJson } from './message-json.ts';

const CANCELABLE = ['scheduled', 'accepted', 'queued'];

/** Two uses: `Body=` takes the text away, `Status=canceled` stops what was not sent yet. */
export async function updateMessage(ctx: SandboxContext, sid: string, form: Form): Promise<Answer> {
  const message = ctx.state.messages.get(sid);
  if (!message) return messageNotFound(ctx, sid);
  const status = field(form, 'Status');
  const body = field(form, 'Body');
  if ((status === undefined && body === undefined) || body || (status && status !== 'canceled')) {
    return twilioError(20001);
  }
  if (status && !CANCELABLE.includes(message.status)) return twilioError(30409);
  if (status) {
    message.steps = [];
    await moveTo(ctx, message, { status: 'canceled', atMs: ctx.clock.nowMs(), errorCode: null });
  }
  if (body === '') message.body = '';
  ctx.changed();
  return json(messageJson(message, ctx.settings.accountSid));
}
