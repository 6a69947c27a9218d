import type { FastifyInstance } from 'fastify';
import type { SandboxContext } from '../core/context.ts';
import type { SandboxRental } from '../core/state.ts';
import { expireRental, receiveSms } from '../smsbower/rentals.ts';
import { bodyOf } from './body.ts';
import { ControlError } from './errors.ts';
import { findRental } from './find-rental.ts';
import { viewRental } from './views.ts';

export function registerRentalRoutes(app: FastifyInstance, ctx: SandboxContext): void {
  app.get('/rentals', () => ({ rentals: [...ctx.state.rentals.values()].map(viewRental) }));
  app.post('/code', async (request) => {
    const body = bodyOf(request);
    const rental = findRental(ctx, body);
    if (body.force !== true) requireOpen(rental);
    const code = body.code === undefined || body.code === null ? body.code : String(body.code);
    await receiveSms(ctx, rental, { code, text: body.text === undefined ? undefined : String(body.text) });
    return { rental: viewRental(rental) };
  });
  app.post('/expire', (request) => {
    const rental = findRental(ctx, bodyOf(request));
    rental.expiresAtMs = Math.min(rental.expiresAtMs, ctx.clock.nowMs());
    expireRental(ctx, rental);
    return { rental: viewRental(rental) };
  });
}

export function requireOpen({ activationId, state }: SandboxRental): void {
  if (state !== 'finished' && state !== 'cancelled') return;
  throw new ControlError(
    409,
    `Rental ${activationId} is ${state}: no SMS arrives any more. Use force to make it late.`,
  );
}
