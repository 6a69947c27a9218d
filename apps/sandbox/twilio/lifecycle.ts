import { segmentText } from '#libs/domain';
import type { SandboxContext } from '../core/context.ts';
import type { MessageStatus, MessageStep, SandboxMessage } from '../core/state.ts';
import { postStatus } from './status-callback.ts';

const FINAL: ReadonlySet<MessageStatus> = new Set(['delivered', 'undelivered', 'failed', 'canceled']);
/** The sender that a messaging service picks from its pool. */
const POOL_SENDER = '+15005550006';

export function isFinal(status: MessageStatus): boolean {
  return FINAL.has(status);
}

/** What a new message will go through by itself: queued (when it was not yet), sent, delivered. */
export function usualSteps(ctx: SandboxContext, message: SandboxMessage, fromMs: number): MessageStep[] {
  const { sentDelayMs, deliveredDelayMs } = ctx.settings;
  const steps: MessageStep[] = [
    { status: 'sent', atMs: fromMs + sentDelayMs, errorCode: null },
    { status: 'delivered', atMs: fromMs + deliveredDelayMs, errorCode: null },
  ];
  if (message.status !== 'queued') steps.unshift({ status: 'queued', atMs: fromMs, errorCode: null });
  return steps;
}

/** The same, ending otherwise. `failed` never was sent; `sent` has no last word. */
export function stepsEndingIn(
  steps: MessageStep[],
  status: MessageStatus,
  errorCode: number | null,
): MessageStep[] {
  if (status === 'sent') return steps.filter((step) => step.status !== 'delivered');
  const kept = status === 'failed' ? steps.filter((step) => step.status !== 'sent') : steps;
  return kept.map((step) => (step.status === 'delivered' ? { ...step, status, errorCode } : step));
}

/** Arranges the next step; also after a restart. */
export function watchMessage(ctx: SandboxContext, message: SandboxMessage): void {
  const next = message.steps[0];
  if (!next) return;
  ctx.clock.at(next.atMs, () => {
    if (message.steps[0] !== next) return;
    message.steps.shift();
    void moveTo(ctx, message, next);
    watchMessage(ctx, message);
  });
}

/** Gives the message that status and reports it, as its callback mode says. Resolves when it was reported. */
export async function moveTo(ctx: SandboxContext, message: SandboxMessage, step: MessageStep): Promise<void> {
  message.status = step.status;
  message.errorCode = step.errorCode;
  message.updatedAtMs = step.atMs;
  if (step.status === 'queued') settleSender(message);
  if (['sent', 'delivered', 'undelivered'].includes(step.status)) message.sentAtMs ??= step.atMs;
  if (isFinal(step.status)) message.steps = [];
  ctx.changed();
  await report(ctx, message, step);
}

/** A messaging service picks the sender and counts the segments only when the message is queued. */
function settleSender(message: SandboxMessage): void {
  message.from ??= POOL_SENDER;
  message.segments = segmentText(message.body).segments;
}

async function report(ctx: SandboxContext, message: SandboxMessage, step: MessageStep): Promise<void> {
  switch (message.callbackMode) {
    case 'none':
      return;
    case 'doubled':
      await postStatus(ctx, message, step);
      return postStatus(ctx, message, step);
    case 'reordered': {
      message.keptBack.unshift(step);
      if (message.steps.length > 0) return;
      for (const kept of message.keptBack.splice(0)) await postStatus(ctx, message, kept);
      return;
    }
    default:
      return postStatus(ctx, message, step);
  }
}
