import { closeOverdueRentals } from '#libs/services';
import type { Loop } from '../deps.ts';

/** Asks upstream to close rentals whose time is over; its answer decides, not the clock. */
export const closeRentals: Loop = {
  name: 'close-rentals',
  intervalMs: 2_000,
  start: (deps) => async () => {
    await closeOverdueRentals(deps.ctx);
    return undefined;
  },
};
