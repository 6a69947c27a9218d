import type { SandboxContext } from '../core/context.ts';
import type { SandboxRental } from '../core/state.ts';
import { ControlError } from './errors.ts';

/** The rental a request names by activationId, or the newest one with its phone. */
export function findRental(ctx: SandboxContext, body: Record<string, unknown>): SandboxRental {
  const id = body.activationId ?? null;
  if (id !== null) {
    const rental = ctx.state.rentals.get(String(id));
    if (rental) return rental;
    throw new ControlError(
      404,
      `There is no rental with activationId ${id}. GET /control/rentals lists them.`,
    );
  }
  const phone = String(body.phone ?? '').replace(/^\+/, '');
  if (phone === '') throw new ControlError(400, 'Say which rental: activationId or phone.');
  const rental = [...ctx.state.rentals.values()].findLast((candidate) => candidate.phone === phone);
  if (rental) return rental;
  throw new ControlError(
    404,
    `There is no rental with phone ${body.phone}. GET /control/rentals lists them.`,
  );
}
