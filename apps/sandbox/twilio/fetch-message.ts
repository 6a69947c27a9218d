import type { SandboxContext } from '../core/context.ts';
import { type Answer, json } from '../core/reply.ts';
import { twilioError } from './errors.ts';
import { messageJson } from './message-json.ts';

export function fetchMessage(ctx: SandboxContext, sid: string): Answer {
  const message = ctx.state.messages.get(sid);
  if (!message) return messageNotFound(ctx, sid);
  return json(messageJson(message, ctx.settings.accountSid));
}

export function messageNotFound({ settings }: SandboxContext, sid: string): Answer {
  const path = `/2010-04-01/Accounts/${settings.accountSid}/Messages/${sid}.json`;
  return twilioError(20404, `The requested resource ${path} was not found`);
}
