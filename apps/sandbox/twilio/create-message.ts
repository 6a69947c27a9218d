import { randomBytes } from 'node:crypto';
import { segmentText } from '#libs/domain';
import type { Call } from '../core/calls.ts';
import type { SandboxContext } from '../core/context.ts';
import type { FaultKind } from '../core/fault-kinds.ts';
import { type Answer, json } from '../core/reply.ts';
import type { CallbackMode, MessageStatus, SandboxMessage } from '../core/state.ts';
import type { Form } from './form.ts';
import { moveTo, stepsEndingIn, usualSteps, watchMessage } from './lifecycle.ts';
import { messageJson } from './message-json.ts';
import { type CreateRequest, validateCreate } from './validate.ts';

const CALLBACK_FAULTS: [FaultKind, CallbackMode][] = [
  ['callback-none', 'none'],
  ['callback-doubled', 'doubled'],
  ['callback-reordered', 'reordered'],
  ['callback-forged', 'forged'],
];

/** POST Messages.json: 201 with the message as it is at once, 4xx when it is refused. */
export async function createMessage(ctx: SandboxContext, form: Form, call: Call): Promise<Answer> {
  const validated = validateCreate(form, ctx.clock.nowMs());
  if ('problem' in validated) return validated.problem;
  const message = newMessage(ctx, validated.request, call);
  const answer = json(messageJson(message, ctx.settings.accountSid), 201);
  ctx.state.messages.set(message.sid, message);
  ctx.changed();
  if (ctx.faults.take('callback-first', call)) await takeStepsUntilSent(ctx, message);
  watchMessage(ctx, message);
  return answer;
}

function newMessage(ctx: SandboxContext, request: CreateRequest, call: Call): SandboxMessage {
  const nowMs = ctx.clock.nowMs();
  const unlisted = ctx.faults.take('unlisted', call);
  const message: SandboxMessage = {
    sid: `SM${randomBytes(16).toString('hex')}`,
    to: request.to,
    from: request.from,
    messagingServiceSid: request.messagingServiceSid,
    body: request.body,
    status: initialStatus(request),
    errorCode: null,
    segments: request.messagingServiceSid ? 0 : segmentText(request.body).segments,
    statusCallback: request.statusCallback,
    callbackMode: CALLBACK_FAULTS.find(([kind]) => ctx.faults.take(kind, call))?.[1] ?? 'normal',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    sentAtMs: null,
    listedFromMs: unlisted ? nowMs + (unlisted.delayMs ?? Number.MAX_SAFE_INTEGER) : nowMs,
    steps: [],
    keptBack: [],
  };
  const steps = usualSteps(ctx, message, request.sendAtMs ?? nowMs);
  const ending = ctx.faults.take('final-status', call);
  if (ending) message.steps = stepsEndingIn(steps, ending.status ?? 'failed', ending.errorCode ?? null);
  else message.steps = ctx.faults.take('held', call) ? [] : steps;
  return message;
}

function initialStatus(request: CreateRequest): MessageStatus {
  if (request.sendAtMs !== null) return 'scheduled';
  return request.messagingServiceSid ? 'accepted' : 'queued';
}

async function takeStepsUntilSent(ctx: SandboxContext, message: SandboxMessage): Promise<void> {
  for (let step = message.steps.shift(); step; step = message.steps.shift()) {
    await moveTo(ctx, message, { ...step, atMs: ctx.clock.nowMs() });
    if (step.status !== 'queued') return;
  }
}
