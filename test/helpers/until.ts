import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until there is an answer; fails after `timeoutMs` with what was last seen. */
export async function until<Value>(
  ask: () => Promise<Value | null | undefined | false>,
  { timeoutMs = 20_000, everyMs = 50, what = 'the condition' } = {},
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`${what} did not come true within ${timeoutMs} ms`);
    await delay(everyMs);
  }
}
