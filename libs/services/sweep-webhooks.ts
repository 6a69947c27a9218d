import { partnerWebhookJob } from '#libs/jobs';
import { abandonDeliveries, takeDueDeliveries } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { WEBHOOK_DELAYS } from './settle-webhook.ts';

const BATCH = 500;
/** A row is looked at again after this, if it is still due. */
const QUIET_SECONDS = 10;
/** Above the deadline of the call (10 s): its worker is gone. */
const CALL_GONE_SECONDS = 30;
/** Of one endpoint, or of a partner's callback URLs: in the queue, called or put off; fewer while a call takes a second. */
const MOST_OF_LANE = 50;
const MOST_OF_SLOW_LANE = 10;

/** Gives due webhooks their jobs; nothing else does. True when there were any: more may have waited for their turn. */
export async function nudgeDueWebhooks(ctx: ServiceContext): Promise<boolean> {
  const rows = await takeDueDeliveries(ctx.db, {
    quietSeconds: QUIET_SECONDS,
    mostOfLane: MOST_OF_LANE,
    mostOfSlowLane: MOST_OF_SLOW_LANE,
  });
  await ctx.jobs.ensure(rows.map(partnerWebhookJob));
  return rows.length > 0;
}

/** Calls whose worker must be gone are made again: webhooks are told at least once. */
export async function abandonStaleWebhooks(ctx: ServiceContext): Promise<number> {
  const rows = await abandonDeliveries(ctx.db, {
    olderThanSeconds: CALL_GONE_SECONDS,
    delays: WEBHOOK_DELAYS,
    limit: BATCH,
  });
  for (const { id, state } of rows) ctx.log.warn({ event: 'webhook.abandoned', delivery_id: id, state });
  return rows.length;
}
