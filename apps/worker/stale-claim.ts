import type { Outcome } from '#libs/domain';
import type { ServiceContext } from '#libs/services';

/** What a claim came to that was not used in time: nothing was sent, and the next epoch may go at once. */
export const TOO_LATE: Outcome<never> = {
  kind: 'not_sent',
  detail: 'worker_paused',
  throttled: true,
  retryAfterMs: null,
};

/**
 * True when too much time went by since just before the claim: a process that was frozen in between may have been
 * taken for gone, its message found absent and sent by another. `since` is of `performance.now()`.
 */
export function isStale(ctx: Pick<ServiceContext, 'config'>, since: number): boolean {
  return performance.now() - since > ctx.config.timings.claimFreshMs;
}
