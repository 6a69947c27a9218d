import { checkActivationJob } from '#libs/jobs';
import { listUnclaimedPushes, listUnheardPushes } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { adopt } from './record-push.ts';
import { holdSeconds } from './settle-purchase.ts';

const UNHEARD_AFTER_SECONDS = 5;
const UNHEARD_WITHIN_SECONDS = 600;
const ASK_AGAIN_MS = 15_000;

/** Looks again whether a push without a rental is what an unknown purchase bought. Returns how many were adopted. */
export async function reconcilePushes(ctx: ServiceContext): Promise<number> {
  let adopted = 0;
  for (const push of await listUnclaimedPushes(ctx.db, holdSeconds(ctx))) {
    if (await adopt(ctx, push)) adopted += 1;
  }
  await askAgain(ctx);
  return adopted;
}

/**
 * A push is asked about by job; one that Redis lost would leave a code unheard, above all of a rental that has ended
 * and is polled no more. The job's id makes it one question in a while.
 */
async function askAgain(ctx: ServiceContext): Promise<void> {
  const pushes = await listUnheardPushes(ctx.db, {
    afterSeconds: UNHEARD_AFTER_SECONDS,
    withinSeconds: UNHEARD_WITHIN_SECONDS,
  });
  const occasion = Math.floor(Date.now() / ASK_AGAIN_MS);
  for (const { id, activationId } of pushes) {
    void ctx.jobs.enqueue(checkActivationJob({ id: activationId, pushId: `${id}.${occasion}` }));
  }
}
