import type { FastifyInstance } from 'fastify';
import type { SandboxContext } from '../core/context.ts';
import { FAULT_KINDS, REPLY_FAULTS } from '../core/fault-kinds.ts';
import type { FaultRequest } from '../core/faults.ts';
import { bodyOf } from './body.ts';
import { ControlError } from './errors.ts';

export function registerFaultRoutes(app: FastifyInstance, ctx: SandboxContext): void {
  app.get('/faults', () => ({ faults: ctx.faults.list(), kinds: FAULT_KINDS }));
  app.post('/faults', (request) => ({ fault: ctx.faults.add(checkFault(bodyOf(request))) }));
  app.delete<{ Querystring: { id?: string } }>('/faults', (request) => ({
    cleared: ctx.faults.clear(request.query.id),
  }));
  app.get('/calls', () => ({ calls: ctx.calls.totals() }));
  app.delete('/calls', () => {
    ctx.calls.reset();
    return { calls: {} };
  });
  app.get('/deliveries', () => ({ deliveries: ctx.deliveries.list() }));
}

function checkFault(body: Record<string, unknown>): FaultRequest {
  const { provider, kind, action } = body;
  if (provider !== 'twilio' && provider !== 'smsbower') {
    throw new ControlError(400, 'provider must be "twilio" or "smsbower".');
  }
  const kinds = FAULT_KINDS[provider];
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
    throw new ControlError(400, `kind must be one of ${Object.keys(kinds).join(', ')}.`);
  }
  if (REPLY_FAULTS.has(kind) && typeof action !== 'string') {
    throw new ControlError(
      400,
      `A fault of kind ${kind} needs an action, for example ${EXAMPLES[provider]}, or "*".`,
    );
  }
  return body as unknown as FaultRequest;
}

const EXAMPLES = { twilio: '"create"', smsbower: '"getNumberV2"' };
