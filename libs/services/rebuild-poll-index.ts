import { listLive, loadAsked } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { nextPollInMs } from './publish-activation.ts';

const PAGE = 1_000;

/**
 * Puts every live rental that is missing into the poll index. Run when Redis lost the index, and now and then, for the
 * rental whose process died between the commit and the index. When each was last asked about is lost: they are spread
 * over their intervals, as otherwise all would be due together, and again together after each interval.
 */
export async function rebuildPollIndex(ctx: ServiceContext): Promise<number> {
  let afterId = 0;
  let total = 0;
  for (;;) {
    const ids = await listLive(ctx.db, { afterId, limit: PAGE });
    await scheduleMissing(ctx, await ctx.pollIndex.missing(ids));
    total += ids.length;
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) break;
    afterId = last;
  }
  await ctx.pollIndex.markBuilt();
  return total;
}

async function scheduleMissing(ctx: ServiceContext, ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  const entries = (await loadAsked(ctx.db, ids)).flatMap((row) => {
    const inMs = nextPollInMs(row);
    return inMs === null ? [] : [{ activationId: row.id, inMs: inMs * Math.random() }];
  });
  await ctx.pollIndex.scheduleMissing(entries);
}
