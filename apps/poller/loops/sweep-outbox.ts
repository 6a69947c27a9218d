import { abandonStaleCalls, endPendingRentals, expireOverdueMessages, nudgeDueRows } from '#libs/services';
import type { Loop } from '../deps.ts';

/** Rows are the outbox: due rows without a job get one, calls without a worker become unknown. */
export const sweepOutbox: Loop = {
  name: 'sweep-outbox',
  intervalMs: 1_000,
  start({ ctx, metrics }) {
    const nudged = metrics.counter('sweep_nudged_total', 'Due rows that had no job');
    const abandoned = metrics.counter('sweep_abandoned_total', 'Calls whose worker was gone');
    return async () => {
      const missing = await nudgeDueRows(ctx);
      nudged.inc(missing);
      abandoned.inc(await abandonStaleCalls(ctx));
      await expireOverdueMessages(ctx);
      await endPendingRentals(ctx);
      if (missing > 0) ctx.log.info({ event: 'sweep.nudged', rows: missing });
      return missing > 100;
    };
  },
};
