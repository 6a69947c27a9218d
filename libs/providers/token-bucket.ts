/**
 * What a request to a provider is for, most urgent first. `read` (balance, prices, catalogue) and `poll` can wait.
 */
export type Priority = 'purchase' | 'command' | 'poll' | 'read';

/** `true`: go. Otherwise the milliseconds after which asking again may succeed. */
export type TakeToken = (priority: Priority) => Promise<true | number>;

export interface TokenBucketOptions {
  /** Requests that may go at once. */
  capacity: number;
  refillPerSecond: number;
  /** Part of the bucket that only purchases and commands may use; default 0.2. */
  reserve?: number;
  now?: () => number;
}

/** A budget for one process. A shared one has the same signature. */
export function createTokenBucket({
  capacity,
  refillPerSecond,
  reserve = 0.2,
  now = () => performance.now(),
}: TokenBucketOptions): TakeToken {
  let tokens = capacity;
  let filledAtMs = now();
  return async (priority) => {
    const atMs = now();
    tokens = Math.min(capacity, tokens + (Math.max(0, atMs - filledAtMs) / 1000) * refillPerSecond);
    filledAtMs = atMs;
    const kept = priority === 'poll' || priority === 'read' ? capacity * reserve : 0;
    const missing = kept + 1 - tokens;
    if (missing > 0) return Math.ceil((missing / refillPerSecond) * 1000);
    tokens -= 1;
    return true;
  };
}
