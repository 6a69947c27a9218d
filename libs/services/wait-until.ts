import { isDatabaseUnavailable } from '#libs/platform';
import type { WaitingContext } from './context.ts';

export interface Waiting<Value> {
  /** What is announced on the reply channel when it changes. */
  subject: string;
  timeoutMs: number;
  /** An announcement may be lost with Redis, so the row is also read this often; default half a second. */
  rereadMs?: number;
  /** Reads the row; the wait ends at the first value that `settled` accepts. */
  read: () => Promise<Value>;
  settled: (value: Value) => boolean;
  /** It was made just now and nobody has been told of it, so there is nothing to read before it is announced. */
  isNew?: boolean;
}

const REREAD_MS = 500;

/**
 * Waits for a row to settle and returns it as last read, settled or not, when the time is over. It listens from the call
 * on, so who calls and then nudges misses no announcement. A database that is away for a moment is waited for too.
 */
export async function waitUntil<Value>(ctx: WaitingContext, waiting: Waiting<Value>): Promise<Value> {
  const deadline = performance.now() + waiting.timeoutMs;
  if (waiting.isNew) await ctx.receiver.wait(waiting.subject, Math.min(waiting.timeoutMs, REREAD_MS));
  for (;;) {
    const left = deadline - performance.now();
    // Listening starts before the row is read, so that no announcement falls between the two.
    const changed = ctx.receiver.wait(
      waiting.subject,
      Math.max(0, Math.min(left, waiting.rereadMs ?? REREAD_MS)),
    );
    const row = await readRow(waiting, left <= 0);
    if (row && (waiting.settled(row.value) || left <= 0)) return row.value;
    await changed;
  }
}

/** Null: the database is away, and this was not the last time to read. */
async function readRow<Value>({ read }: Waiting<Value>, isLast: boolean): Promise<{ value: Value } | null> {
  try {
    return { value: await read() };
  } catch (error) {
    if (isLast || !isDatabaseUnavailable(error)) throw error;
    return null;
  }
}
