import { listLive } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { nextPollInMs } from './publish-activation.ts';

const PAGE = 1_000;

/**
 * Puts every live rental that is missing into the poll index, soonest first for those overdue. Run when Redis lost
 * the index, and now and then, for the rental whose process died between the commit and the index.
 */
export async function rebuildPollIndex(ctx: ServiceContext): Promise<number> {
  let afterId = 0;
  let total = 0;
  for (;;) {
    const rows = await listLive(ctx.db, { afterId, limit: PAGE });
    const entries = rows.flatMap((row) => {
      const inMs = nextPollInMs(row);
      return inMs === null ? [] : [{ activationId: row.id, inMs }];
    });
    await ctx.pollIndex.scheduleMissing(entries);
    total += entries.length;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) break;
    afterId = last.id;
  }
  await ctx.pollIndex.markBuilt();
  return total;
}
