import type { SandboxContext } from '../core/context.ts';
import type { Answer } from '../core/reply.ts';
import { twilioError } from './errors.ts';
import { messageNotFound } from './fetch-message.ts';
import { isFinal } from './lifecycle.ts';

export function deleteMessage(ctx: SandboxContext, sid: string): Answer {
  const message = ctx.state.messages.get(sid);
  if (!message) return messageNotFound(ctx, sid);
  if (!isFinal(message.status) && message.status !== 'sent') return twilioError(20009);
  ctx.state.messages.delete(sid);
  ctx.changed();
  return { status: 204, body: '' };
}
