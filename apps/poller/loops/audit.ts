import { checkInvariants } from '#libs/store';
import type { Loop } from '../deps.ts';

/** Checks the money and state rules. A broken one alarms; nothing is repaired by itself. */
export const audit: Loop = {
  name: 'audit',
  intervalMs: 60_000,
  start({ ctx, metrics }) {
    const broken = metrics.gauge('invariant_violations', 'Rows that break an invariant', ['invariant']);
    return async () => {
      for (const result of await checkInvariants(ctx.db)) {
        broken.set({ invariant: result.id }, result.violations);
        if (result.violations > 0) ctx.log.error({ event: 'invariant.broken', ...result });
      }
      return undefined;
    };
  },
};
