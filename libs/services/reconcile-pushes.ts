import { listUnclaimedPushes } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { adopt } from './record-push.ts';
import { holdSeconds } from './settle-purchase.ts';

/** Looks again whether a push without a rental is what an unknown purchase bought. Returns how many were adopted. */
export async function reconcilePushes(ctx: ServiceContext): Promise<number> {
  let adopted = 0;
  for (const push of await listUnclaimedPushes(ctx.db, holdSeconds(ctx))) {
    if (await adopt(ctx, push)) adopted += 1;
  }
  return adopted;
}
