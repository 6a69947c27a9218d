import { setTimeout as delay } from 'node:timers/promises';
import type { AppProcess } from './app-process.ts';
import type { Installation } from './installation.ts';
import type { Sample } from './measure.ts';
import { insertMessages, pauseSending, resumeSending } from './messages.ts';
import { cpuSecondsOf } from './process-stats.ts';

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 120_000;

/**
 * How fast workers send what waits in the queue: from its release until the last message is settled in the database.
 * No latencies: a waiting message's own is that of the queue before it.
 */
export async function measureDrain(
  installation: Installation,
  workers: AppProcess[],
  count: number,
): Promise<Sample> {
  const pids = workers.map((worker) => worker.pid);
  await pauseSending(installation);
  await insertMessages(installation, count);
  const before = cpuSecondsOf(pids);
  const startedAt = performance.now();
  await resumeSending(installation);
  await untilSent(installation, startedAt + PATIENCE_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = cpuSecondsOf(pids);
  await installation.sql('TRUNCATE messages, message_events, idempotency_keys, webhook_deliveries, events');
  const cpu = before === null || after === null ? null : after - before;
  return {
    perSecond: count / seconds,
    p50Ms: Number.NaN,
    p99Ms: Number.NaN,
    mostMs: Number.NaN,
    cpuMicrosEach: cpu === null ? null : (cpu * 1e6) / count,
    busy: cpu === null ? null : cpu / seconds,
    statuses: {},
  };
}

/** A look costs the database a walk over an index of what is left, so it finds nothing in the end. */
async function untilSent({ sql }: Installation, deadline: number): Promise<void> {
  for (;;) {
    const [row] = await sql<{ left: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM messages WHERE state IN ('ready', 'unknown'))
           OR EXISTS (SELECT 1 FROM messages WHERE state = 'calling') AS left`,
    );
    if (!row?.left) return;
    if (performance.now() > deadline) throw new Error('the queue was not empty in time');
    await delay(LOOK_EVERY_MS);
  }
}
