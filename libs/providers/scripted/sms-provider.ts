import { randomBytes } from 'node:crypto';
import {
  type AcceptedMessage,
  type Outcome,
  smsError,
  type TestRecipient,
  testRecipient,
  UNREACHABLE_ATTEMPTS,
} from '#libs/domain';
import type { SmsProvider } from '../port.ts';
import { verdictOfCode } from '../twilio/error-codes.ts';

/**
 * Carries the messages of test keys: nothing leaves, and the recipient decides what becomes of it (`TEST_RECIPIENTS`).
 * It keeps nothing; what comes after the send is told by the poller, from the row.
 */
export function createScriptedSmsProvider(): SmsProvider {
  return {
    send: async ({ to, attempt }) => outcomeOf(testRecipient(to), attempt),
    // What was never found out must not be proven absent, nor found before its time.
    list: async ({ to }) =>
      testRecipient(to).send === 'unknown'
        ? { kind: 'incomplete', detail: 'scripted' }
        : { kind: 'complete', messages: [] },
    close: async () => undefined,
  };
}

function outcomeOf({ send, errorCode }: TestRecipient, attempt: number): Outcome<AcceptedMessage> {
  switch (send) {
    case 'refused':
      return refusal(errorCode ?? '');
    case 'unknown':
      return { kind: 'unknown', detail: 'scripted' };
    case 'absent':
      return attempt === 1 ? { kind: 'unknown', detail: 'scripted' } : accepted();
    case 'unreachable':
      if (attempt > UNREACHABLE_ATTEMPTS) return accepted();
      return { kind: 'not_sent', detail: 'scripted', throttled: false, retryAfterMs: null };
    case 'accepted':
      return accepted();
  }
}

function accepted(): Outcome<AcceptedMessage> {
  return {
    kind: 'accepted',
    value: { providerSid: `SM${randomBytes(16).toString('hex')}`, providerStatus: 'queued' },
  };
}

/** As the real provider's refusal with this code. */
function refusal(code: string): Outcome<never> {
  const verdict = verdictOfCode(code);
  const reason = verdict?.kind === 'rejected' ? verdict.reason : 'other';
  return { kind: 'rejected', scope: 'request', reason, code, message: smsError(code)?.description ?? code };
}
