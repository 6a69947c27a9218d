import type { HttpResult } from '#libs/platform';
import { retryAfterMs } from '../retry-after.ts';
import type { SafeText } from '../safe-text.ts';

export interface NoInformation {
  kind: 'no_information';
  raw: string;
  throttled: boolean;
  retryAfterMs: number | null;
}

/** An answer that says nothing: what came, cut and cleaned, and whether we are asked to slow down. */
export function noInformation(result: HttpResult, safe: SafeText): NoInformation {
  if (result.kind !== 'response') {
    return { kind: 'no_information', raw: result.detail, throttled: false, retryAfterMs: null };
  }
  const throttled = result.status === 429;
  const raw = safe(result.status === 200 ? result.body : `HTTP ${result.status} ${result.body}`);
  return {
    kind: 'no_information',
    raw,
    throttled,
    retryAfterMs: throttled ? retryAfterMs(result.headers) : null,
  };
}
