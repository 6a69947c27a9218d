import { isFinalActivationState, type StatusAnswer } from '#libs/domain';
import { nextPollInMs, recordStatusAnswer } from '#libs/services';
import { type ActivationRow, loadActivations } from '#libs/store';
import type { Loop, PollerDeps } from '../deps.ts';

/** Above the deadline of a status call: until then no other process asks about the same rental. */
const LEASE_MS = 30_000;
const BATCH = 100;
/** Questions of this process under way at the same time. */
const MOST_IN_FLIGHT = 500;
const THROTTLED_MS = 5_000;

/**
 * Asks upstream about the rentals whose time has come. Dies anywhere: the lease ends and another process asks.
 */
export const pollActivations: Loop = {
  name: 'poll-activations',
  intervalMs: 100,
  start(deps) {
    const lag = deps.metrics.histogram(
      'poll_lag_seconds',
      'How much later than due a rental was asked about',
    );
    const polls = deps.metrics.counter('polls_total', 'Questions to upstream about a rental', ['answer']);
    const inFlight = new Map<number, Promise<void>>();
    return async () => {
      const room = MOST_IN_FLIGHT - inFlight.size;
      if (room < BATCH) {
        await Promise.race(inFlight.values());
        return true;
      }
      const claimed = await claim(deps);
      for (const entry of claimed) lag.observe(Math.max(0, entry.lateMs) / 1_000);
      const ids = claimed.map((entry) => entry.activationId).filter((id) => !inFlight.has(id));
      const rows = ids.length > 0 ? await loadActivations(deps.ctx.db, ids) : [];
      await forget(deps, ids, rows);
      for (const row of rows.filter(isLive)) {
        const asking = ask(deps, row)
          .then((answer) => polls.inc({ answer }))
          .catch((err) => deps.ctx.log.error({ event: 'poll.failed', activation_id: row.id, err }))
          .finally(() => inFlight.delete(row.id));
        inFlight.set(row.id, asking);
      }
      return claimed.length === BATCH;
    };
  },
};

/** Without Redis there is no schedule; it is rebuilt from the rows when Redis is back. */
async function claim({ ctx }: PollerDeps) {
  return ctx.pollIndex.claim({ leaseMs: LEASE_MS, limit: BATCH }).catch(() => []);
}

function isLive(row: ActivationRow): boolean {
  return row.providerRef !== null && !isFinalActivationState(row.state);
}

/** What has ended, or never was, leaves the index. */
async function forget({ ctx }: PollerDeps, ids: number[], rows: ActivationRow[]): Promise<void> {
  const live = new Set(rows.filter(isLive).map((row) => row.id));
  await ctx.pollIndex.remove(ids.filter((id) => !live.has(id))).catch(() => undefined);
}

async function ask(
  { ctx, numbers }: PollerDeps,
  row: ActivationRow,
): Promise<StatusAnswer['kind'] | 'throttled'> {
  const provider = await numbers.get(row.providerId);
  if (!provider || row.providerRef === null) return 'no_information';
  const started = performance.now();
  const answer = await provider.status(row.providerRef);
  ctx.crashPoint('poll.answered');
  await recordStatusAnswer({ ctx, input: { activation: row, answer } });
  ctx.crashPoint('poll.recorded');
  const throttled = answer.kind === 'no_information' && answer.throttled;
  // A code or an end has been scheduled by its own writer.
  if (answer.kind !== 'code' && answer.kind !== 'cancelled') {
    const sinceReadMs = performance.now() - started;
    const inMs = throttled ? THROTTLED_MS * (1 + Math.random()) : nextPollInMs(row, sinceReadMs);
    if (inMs !== null) await ctx.pollIndex.schedule([{ activationId: row.id, inMs }]).catch(() => undefined);
  }
  return throttled ? 'throttled' : answer.kind;
}
