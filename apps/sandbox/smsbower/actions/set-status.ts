import type { SandboxContext } from '../../core/context.ts';
import { type Answer, text } from '../../core/reply.ts';
import type { RentalState, SandboxRental } from '../../core/state.ts';
import { parameter } from '../query.ts';
import { cancelRental, finishRental, planAutoCode } from '../rentals.ts';
import type { ActionInput } from './action.ts';

/** Purchase ⇒ 1, 8 · after 1 ⇒ 8 · after a code ⇒ 3, 6 · after 3 ⇒ 6. Everything else is BAD_STATUS. */
const ALLOWED: Record<RentalState, readonly string[]> = {
  waiting: ['1', '8'],
  ready: ['8'],
  received: ['3', '6'],
  retry: ['6'],
  finished: [],
  cancelled: [],
};

export function setStatus({ ctx, query, call }: ActionInput): Answer {
  const rental = ctx.state.rentals.get(call.activationId ?? '');
  if (!rental) return text('NO_ACTIVATION');
  const status = parameter(query, 'status') ?? '';
  if (!ALLOWED[rental.state].includes(status)) return text('BAD_STATUS');
  return text(carryOut(ctx, rental, status));
}

function carryOut(ctx: SandboxContext, rental: SandboxRental, status: string): string {
  switch (status) {
    case '1':
      rental.state = 'ready';
      ctx.changed();
      return 'ACCESS_READY';
    case '3':
      rental.state = 'retry';
      planAutoCode(ctx, rental);
      ctx.changed();
      return 'ACCESS_RETRY_GET';
    case '6':
      finishRental(ctx, rental);
      return 'ACCESS_ACTIVATION';
    default:
      if (isTooEarly(ctx, rental)) return 'EARLY_CANCEL_DENIED';
      cancelRental(ctx, rental);
      return 'ACCESS_CANCEL';
  }
}

function isTooEarly(ctx: SandboxContext, rental: SandboxRental): boolean {
  return ctx.clock.nowMs() < rental.boughtAtMs + ctx.settings.earliestCancelSeconds * 1000;
}
