import {
  reconcileMessage,
  reconcilePushes,
  releaseDeniedRentals,
  releaseUnknownRentals,
} from '#libs/services';
import { type MessageRow, takeLookups } from '#libs/store';
import type { Loop, PollerDeps } from '../deps.ts';

const BATCH = 20;
/** Above the deadline of a listing, which may have several pages. */
const LEASE_SECONDS = 60;

/** Finds out what became of calls of unknown outcome: messages by the provider's list, purchases by its pushes. */
export const reconcile: Loop = {
  name: 'reconcile',
  intervalMs: 500,
  start(deps) {
    const findings = deps.metrics.counter('reconciled_total', 'Looks for messages of unknown outcome', [
      'finding',
    ]);
    return async () => {
      await reconcilePushes(deps.ctx);
      await releaseUnknownRentals(deps.ctx);
      await releaseDeniedRentals(deps.ctx);
      const lease = { limit: BATCH, leaseSeconds: LEASE_SECONDS, testOnly: deps.sms === null };
      const rows = await takeLookups(deps.ctx.db, lease);
      await Promise.all(
        rows.map(async (row) => {
          const provider = row.test ? deps.testSms : deps.sms;
          if (provider) findings.inc({ finding: await look(deps, provider, row) });
        }),
      );
      return rows.length === BATCH;
    };
  },
};

async function look({ ctx }: PollerDeps, provider: PollerDeps['testSms'], row: MessageRow): Promise<string> {
  try {
    const finding = await reconcileMessage({ ctx, input: { row, provider } });
    ctx.log.info({ event: 'message.reconciled', message_id: row.id, epoch: row.epoch, finding });
    return finding;
  } catch (err) {
    ctx.log.error({ event: 'message.reconcile_failed', message_id: row.id, err });
    return 'error';
  }
}
