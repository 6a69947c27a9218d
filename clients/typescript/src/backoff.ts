const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 8_000;
/** A server that wants a longer pause is told to the caller instead. */
const MOST_RETRY_AFTER_MS = 60_000;

/**
 * Milliseconds before the next attempt: half to all of a time that doubles, so that callers who failed together do not
 * come back together. `retryAfterSeconds` is the least. Null: it is too long to wait here.
 */
export function delayBeforeMs(failures: number, retryAfterSeconds: number | null): number | null {
  const wholeMs = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  const ownMs = wholeMs * (0.5 + Math.random() / 2);
  if (retryAfterSeconds === null) return ownMs;
  const askedMs = retryAfterSeconds * 1_000;
  return askedMs > MOST_RETRY_AFTER_MS ? null : Math.max(ownMs, askedMs * (1 + Math.random() / 10));
}

/** Seconds of a Retry-After header, which is a number or a date; null without a usable one. */
export function readRetryAfter(header: string | null, nowMs = Date.now()): number | null {
  if (header === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}

/** Resolves after so long; rejects with the signal's reason as soon as it is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
