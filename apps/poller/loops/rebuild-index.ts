import { rebuildPollIndex } from '#libs/services';
import type { Loop } from '../deps.ts';

/** A full pass this often finds the rental whose process died between its commit and the index. */
const FULL_PASS_MS = 15_000;

/** Notices within a second that Redis lost the schedule, and rebuilds it from the rows. */
export const rebuildIndex: Loop = {
  name: 'rebuild-index',
  intervalMs: 1_000,
  start({ ctx }) {
    let lastPass = Number.NEGATIVE_INFINITY;
    return async () => {
      const built = await ctx.pollIndex.isBuilt().catch(() => null);
      const overdue = performance.now() - lastPass > FULL_PASS_MS;
      if (built === null || (built && !overdue)) return;
      const total = await rebuildPollIndex(ctx);
      lastPass = performance.now();
      if (!built) ctx.log.info({ event: 'poll_index.rebuilt', activations: total });
      return;
    };
  },
};
