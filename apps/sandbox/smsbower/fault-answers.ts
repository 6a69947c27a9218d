import type { Fault } from '../core/faults.ts';
import { type Answer, json, text } from '../core/reply.ts';

/** How SMSBower words a failure; null = the kind is not one of words. */
export function smsbowerFaultAnswer(fault: Fault): Answer | null {
  switch (fault.kind) {
    case 'no-balance':
      return text('NO_BALANCE');
    case 'no-numbers':
      return text('NO_NUMBERS');
    case 'bad-key':
      return text('BAD_KEY');
    case 'denied':
      return text('NO_ACTIVATION');
    case 'unauthorized':
      return noAccess();
    case 'envelope':
      return envelope(fault.body ?? 'Something went wrong', 200);
    case 'error-500':
      return envelope('Server Error', 500);
    case 'error-503':
      return envelope('Service Unavailable', 503);
    case 'throttled':
      return throttled(fault.retryAfterSeconds ?? 1);
    default:
      return null;
  }
}

export function noAccess(): Answer {
  return envelope('No access', 401);
}

/** The framework's own reply, in which routes, keys and crashes are answered. */
export function envelope(message: string, status: number): Answer {
  return json({ status: 0, message, data: [] }, status);
}

function throttled(retryAfterSeconds: number): Answer {
  const answer = envelope('Too Many Attempts.', 429);
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}
