import { measureDelivery as measure } from '#libs/services';
import type { Loop } from '../deps.ts';

/** Keeps success rates and times to the code young; pollers share it, and one that dies leaves the old figures. */
export const measureDelivery: Loop = {
  name: 'measure-delivery',
  intervalMs: 60_000,
  start:
    ({ ctx }) =>
    async () => {
      if (await measure(ctx)) ctx.log.debug({ event: 'delivery.measured' });
      return undefined;
    },
};
