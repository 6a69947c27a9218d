import type { WaitingContext } from './context.ts';

export interface Waiting<Value> {
  /** What is announced on the reply channel when it changes. */
  subject: string;
  timeoutMs: number;
  /** Reads the row; the wait ends at the first value that `settled` accepts. */
  read: () => Promise<Value>;
  settled: (value: Value) => boolean;
}

/** An announcement may be lost with Redis, so the row is also read this often. */
const REREAD_MS = 500;

/** Waits for a row to settle and returns it as last read, settled or not, when the time is over. */
export async function waitUntil<Value>(ctx: WaitingContext, waiting: Waiting<Value>): Promise<Value> {
  const deadline = performance.now() + waiting.timeoutMs;
  for (;;) {
    const left = deadline - performance.now();
    // Listening starts before the row is read, so that no announcement falls between the two.
    const changed = ctx.receiver.wait(waiting.subject, Math.max(0, Math.min(left, REREAD_MS)));
    const value = await waiting.read();
    if (waiting.settled(value) || left <= 0) return value;
    await changed;
  }
}
