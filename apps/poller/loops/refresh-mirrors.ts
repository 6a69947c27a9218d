import { refreshMirror } from '#libs/services';
import { listMirrorToRefresh, listProviders, type MirrorKey, wantMirror } from '#libs/store';
import type { Loop, PollerDeps } from '../deps.ts';

/** What nobody asked for within this is let grow old; the next request for it waits. */
const WANTED_WITHIN_SECONDS = 600;
const BATCH = 20;
const ALWAYS_WANTED = ['balance', 'countries', 'services'] as const;
const WANT_EVERY_MS = 60_000;

/** Keeps balance, catalogue and prices younger than a reply may be, so that partners do not wait for upstream. */
export const refreshMirrors: Loop = {
  name: 'refresh-mirrors',
  intervalMs: 1_000,
  start(deps) {
    const refreshes = deps.metrics.counter('mirror_refreshes_total', 'Refreshes of the provider mirror', [
      'kind',
      'result',
    ]);
    let wantedAt = Number.NEGATIVE_INFINITY;
    return async () => {
      if (performance.now() - wantedAt > WANT_EVERY_MS) {
        await wantBasics(deps);
        wantedAt = performance.now();
      }
      const keys = await listMirrorToRefresh(deps.ctx.db, {
        wantedWithinSeconds: WANTED_WITHIN_SECONDS,
        limit: BATCH,
      });
      await Promise.all(
        keys.map(async (key) => {
          refreshes.inc({ kind: key.kind, result: await refresh(deps, key) });
        }),
      );
      return keys.length === BATCH;
    };
  },
};

async function wantBasics({ ctx }: PollerDeps): Promise<void> {
  for (const provider of await listProviders(ctx.db)) {
    if (provider.disabledAt !== null) continue;
    for (const kind of ALWAYS_WANTED) await wantMirror(ctx.db, { providerId: provider.id, kind, scope: '' });
  }
}

async function refresh({ ctx, numbers }: PollerDeps, key: MirrorKey): Promise<string> {
  const provider = await numbers.get(key.providerId);
  return provider ? refreshMirror({ ctx, input: { key, provider } }) : 'failed';
}
