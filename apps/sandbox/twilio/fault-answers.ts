import type { Fault } from '../core/faults.ts';
import type { Answer } from '../core/reply.ts';
import { twilioError } from './errors.ts';

/** How Twilio words a failure; null = the kind is not one of words. */
export function twilioFaultAnswer(fault: Fault): Answer | null {
  switch (fault.kind) {
    case 'error-500':
      return twilioError(20500);
    case 'error-503':
      return twilioError(20503);
    case 'throttled':
      return later(twilioError(20429), fault);
    case 'daily-cap':
      return later(twilioError(63038), fault);
    case 'unauthenticated':
      return twilioError(20003);
    case 'suspended':
      return twilioError(20005);
    case 'refused':
      return twilioError(fault.errorCode ?? 20001);
    default:
      return null;
  }
}

function later(answer: Answer, { retryAfterSeconds = 1 }: Fault): Answer {
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}
