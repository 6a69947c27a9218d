const LONGEST_MS = 3_600_000;

/** Milliseconds that a Retry-After header (seconds or HTTP date) asks for, at most one hour; null without one. */
export function retryAfterMs(headers: Record<string, string>, nowMs: number = Date.now()): number | null {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_MS);
  const at = /^[A-Z][a-z]{2},/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - nowMs), LONGEST_MS);
}
