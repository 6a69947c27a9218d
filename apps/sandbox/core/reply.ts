import type { FastifyReply } from 'fastify';
import type { Call } from './calls.ts';
import type { SandboxContext } from './context.ts';
import type { Fault } from './faults.ts';

/** A reply as data, so that a fault can spoil it on its way out. */
export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

export type FaultAnswers = (fault: Fault) => Answer | null;

/** Counts the call, then answers it, or fails in the way the control API asked for. */
export async function serveCall(
  ctx: SandboxContext,
  call: Call,
  reply: FastifyReply,
  faultAnswers: FaultAnswers,
  run: () => Promise<Answer> | Answer,
): Promise<void> {
  ctx.calls.count(call);
  const fault = ctx.faults.takeReply(call);
  if (!fault) {
    const answer = await run();
    ctx.log({ event: 'sandbox.call', provider: call.provider, action: call.action, status: answer.status });
    return send(reply, answer);
  }
  ctx.log({ event: 'sandbox.fault', provider: call.provider, action: call.action, fault: fault.kind });
  const usual = needsUsualAnswer(fault) ? await run() : null;
  return fail(ctx, fault, reply, usual, faultAnswers);
}

export function text(body: string, status = 200): Answer {
  return { status, body, headers: { 'content-type': 'text/html; charset=UTF-8' } };
}

export function json(value: unknown, status = 200): Answer {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

function needsUsualAnswer(fault: Fault): boolean {
  return fault.commit === true || ['slow', 'truncated', 'cut-off'].includes(fault.kind);
}

async function fail(
  ctx: SandboxContext,
  fault: Fault,
  reply: FastifyReply,
  usual: Answer | null,
  faultAnswers: FaultAnswers,
): Promise<void> {
  switch (fault.kind) {
    case 'hang':
      reply.hijack();
      return;
    case 'reset':
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
      return;
    case 'slow':
      await ctx.clock.pause(fault.delayMs ?? 1000);
      return send(reply, usual ?? text(''));
    case 'truncated':
      return send(reply, { ...(usual ?? text('')), body: half(usual?.body ?? '') });
    case 'cut-off':
      return cutOff(reply, usual ?? text(''));
    default:
      return send(reply, faultAnswers(fault) ?? wireAnswer(fault));
  }
}

function wireAnswer(fault: Fault): Answer {
  if (fault.kind === 'empty') return text('', fault.httpStatus ?? 200);
  if (fault.kind === 'answer') return text(fault.body ?? '', fault.httpStatus ?? 200);
  return text(HTML_PAGE, fault.httpStatus ?? 500);
}

export function send(reply: FastifyReply, answer: Answer): void {
  reply.status(answer.status).headers(answer.headers ?? {});
  reply.send(answer.body === '' && answer.status === 204 ? undefined : answer.body);
}

function cutOff(reply: FastifyReply, answer: Answer): void {
  reply.hijack();
  const length = Buffer.byteLength(answer.body);
  reply.raw.writeHead(answer.status, { ...answer.headers, 'content-length': length });
  reply.raw.write(half(answer.body), () => reply.raw.socket?.destroy());
}

function half(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

const HTML_PAGE = `<!DOCTYPE html>
<html><head><title>Server Error</title></head>
<body><center><h1>Server Error</h1></center><hr><center>nginx</center></body></html>
`;
