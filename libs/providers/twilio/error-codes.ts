import { type Rejected, type SmsErrorReason, smsError } from '#libs/domain';

/** What a coded refusal of a send comes to. A 4xx creates no message, so a retry is as good as never sent. */
export type Verdict =
  | { kind: 'rejected'; scope: Rejected['scope']; reason: Rejected['reason'] }
  | { kind: 'throttled'; retryAfterMs: number | null }
  | { kind: 'unknown' };

/** The codes that ask to send the same request later, with the wait when no Retry-After is given. */
const THROTTLED: Record<string, number | null> = { 20429: null, 14107: 30_000, 21611: 60_000 };

/** The verdict on a code in the answer to a send; null for a code that is not listed. */
export function verdictOfCode(code: string): Verdict | null {
  const retryAfterMs = THROTTLED[code];
  if (retryAfterMs !== undefined) return { kind: 'throttled', retryAfterMs };
  const known = smsError(code);
  if (!known) return null;
  if (known.class === 'unknown') return { kind: 'unknown' };
  const scope = known.class === 'account' ? 'account' : 'request';
  return { kind: 'rejected', scope, reason: rejectReason(known.reason) };
}

function rejectReason(reason: SmsErrorReason): Rejected['reason'] {
  switch (reason) {
    case 'suspected_fraud':
      return 'destination_not_allowed';
    case 'expired':
    case 'congestion':
    case 'undelivered':
      return 'other';
    default:
      return reason;
  }
}
