import { alarmsOfBacklog, BACKLOG_ALARMS } from '#libs/services';
import { measureBacklog } from '#libs/store';
import { alarmBoard } from '../alarm-board.ts';
import type { Loop, PollerDeps } from '../deps.ts';

/** Numbers that belong to no single request: queues, ages, what waits for a decision, and alarms of it. */
export const measure: Loop = {
  name: 'measure',
  intervalMs: 5_000,
  start(deps) {
    const { metrics } = deps;
    const jobs = metrics.gauge('queue_jobs', 'Jobs in a queue', ['queue', 'state']);
    const rows = metrics.gauge('rows', 'Rows that wait for something', ['kind']);
    const oldest = metrics.gauge('oldest_due_seconds', 'Age of the oldest due row', ['kind']);
    const movements = metrics.gauge('wallet_movements_last_minute', 'Wallet movements of the last minute', [
      'kind',
    ]);
    const index = metrics.gauge('poll_index_size', 'Rentals in the poll index');
    const board = alarmBoard(metrics, deps.ctx.log);
    return async () => {
      const backlog = await measureBacklog(deps.ctx.db);
      for (const { kind, count, oldestSeconds } of backlog.waiting) {
        rows.set({ kind }, count);
        oldest.set({ kind }, oldestSeconds);
      }
      board.show(BACKLOG_ALARMS, alarmsOfBacklog(deps.ctx.config, backlog.waiting));
      movements.reset();
      for (const { kind, count } of backlog.movements) movements.set({ kind }, count);
      await measureRedis(
        deps,
        (queue, state, count) => jobs.set({ queue, state }, count),
        (size) => index.set(size),
      );
      return undefined;
    };
  },
};

/** Redis may be away; then these keep their last value. */
async function measureRedis(
  { ctx }: PollerDeps,
  onQueue: (queue: string, state: string, count: number) => void,
  onIndex: (size: number) => void,
): Promise<void> {
  const size = await ctx.pollIndex.size().catch(() => null);
  if (size === null) return;
  onIndex(size);
  for (const queue of ctx.jobs.queues()) {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed').catch(() => ({}));
    for (const [state, count] of Object.entries(counts)) onQueue(queue.name, state, count);
  }
}
