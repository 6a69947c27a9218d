import type { PollClaim } from '#libs/cache';
import { isFinalActivationState, type StatusAnswer } from '#libs/domain';
import { nextPollInMs, recordStatusAnswer } from '#libs/services';
import { type AskedActivation, loadAsked } from '#libs/store';
import type { Loop, PollerDeps } from '../deps.ts';

/** Above the deadline of a status call: until then no other process asks about the same rental. */
const LEASE_MS = 30_000;
/** What one claim takes; its parts share one trip to Redis, one query and one trip back. */
const BATCH = 200;
/** Questions of this process under way at the same time: 3 000 a second of a provider that takes 300 ms. */
const MOST_IN_FLIGHT = 1_000;
const THROTTLED_MS = 5_000;
/** What becomes due within this time is claimed together. */
const LEAST_PAUSE_MS = 15;
/** Shorter than the shortest time until a question: what is scheduled meanwhile is not due before the next look. */
const MOST_PAUSE_MS = 200;

/**
 * Asks upstream about the rentals whose time has come. Dies anywhere: the lease ends and another process asks.
 */
export const pollActivations: Loop = {
  name: 'poll-activations',
  intervalMs: MOST_PAUSE_MS,
  start(deps) {
    const lag = deps.metrics.histogram(
      'poll_lag_seconds',
      'How much later than due a rental was asked about',
    );
    const polls = deps.metrics.counter('polls_total', 'Questions to upstream about a rental', ['answer']);
    const inFlight = createInFlight();
    const askAndCount = async (row: AskedActivation) => {
      try {
        polls.inc({ answer: await ask(deps, row) });
      } catch (err) {
        deps.ctx.log.error({ event: 'poll.failed', activation_id: row.id, err });
      } finally {
        inFlight.delete(row.id);
      }
    };
    return async () => {
      await inFlight.untilRoom();
      const { claimed, nextInMs } = await claim(deps);
      for (const entry of claimed) lag.observe(Math.max(0, entry.lateMs) / 1_000);
      const ids = claimed.map((entry) => entry.activationId).filter((id) => !inFlight.has(id));
      const rows = ids.length > 0 ? await loadAsked(deps.ctx.db, ids) : [];
      await forget(deps, ids, rows);
      for (const row of rows.filter(isLive)) {
        inFlight.add(row.id);
        void askAndCount(row);
      }
      if (claimed.length === BATCH) return true;
      return Math.max(LEAST_PAUSE_MS, Math.min(nextInMs ?? MOST_PAUSE_MS, MOST_PAUSE_MS));
    };
  },
};

/** The rentals that are being asked about. */
function createInFlight() {
  const ids = new Set<number>();
  let hasRoom: () => void = () => undefined;
  const room = () => MOST_IN_FLIGHT - ids.size;
  return {
    has: (id: number) => ids.has(id),
    add: (id: number) => ids.add(id),
    delete(id: number): void {
      ids.delete(id);
      if (room() >= BATCH) hasRoom();
    },
    /** Until there is room for a whole batch. */
    async untilRoom(): Promise<void> {
      if (room() >= BATCH) return;
      await new Promise<void>((resolve) => {
        hasRoom = resolve;
      });
    },
  };
}

/** Without Redis there is no schedule; it is rebuilt from the rows when Redis is back. */
async function claim({ ctx }: PollerDeps): Promise<PollClaim> {
  return ctx.pollIndex
    .claim({ leaseMs: LEASE_MS, limit: BATCH })
    .catch(() => ({ claimed: [], nextInMs: null }));
}

function isLive(row: AskedActivation): boolean {
  return row.providerRef !== null && !isFinalActivationState(row.state);
}

/** What has ended, or never was, leaves the index. */
async function forget({ ctx }: PollerDeps, ids: number[], rows: AskedActivation[]): Promise<void> {
  const live = new Set(rows.filter(isLive).map((row) => row.id));
  await ctx.pollIndex.remove(ids.filter((id) => !live.has(id))).catch(() => undefined);
}

async function ask(
  { ctx, numbers }: PollerDeps,
  row: AskedActivation,
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
