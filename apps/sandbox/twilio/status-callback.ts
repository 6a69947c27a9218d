import { randomUUID } from 'node:crypto';
import type { SandboxContext } from '../core/context.ts';
import type { MessageStep, SandboxMessage } from '../core/state.ts';
import { signRequest } from './signature.ts';

const TIMEOUT_MS = 15_000;

/** Posts one status to the message's callback URL, signed. Repeated once when no connection came about. */
export async function postStatus(
  ctx: SandboxContext,
  message: SandboxMessage,
  step: MessageStep,
): Promise<void> {
  if (message.statusCallback === null) return;
  // The fragment holds connection settings; it is neither sent nor signed.
  const [url = ''] = message.statusCallback.split('#', 1);
  const fields = callbackFields(ctx, message, step);
  const authToken =
    message.callbackMode === 'forged' ? 'not the token of this account' : ctx.settings.authToken;
  const outgoing = {
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': signRequest(authToken, url, fields),
      'i-twilio-idempotency-token': randomUUID(),
      'user-agent': 'TwilioProxy/1.1',
    },
    body: new URLSearchParams(fields).toString(),
    timeoutMs: TIMEOUT_MS,
  };
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const about = { kind: 'twilio-callback', about: message.sid, event: step.status, attempt } as const;
    if ((await ctx.deliveries.post(about, outgoing)) !== null) return;
  }
}

function callbackFields(
  ctx: SandboxContext,
  message: SandboxMessage,
  step: MessageStep,
): Record<string, string> {
  const fields: Record<string, string> = {
    SmsSid: message.sid,
    SmsStatus: step.status,
    MessageStatus: step.status,
    To: message.to,
    MessageSid: message.sid,
    AccountSid: ctx.settings.accountSid,
    ApiVersion: '2010-04-01',
  };
  if (message.from !== null) fields.From = message.from;
  if (message.messagingServiceSid !== null) fields.MessagingServiceSid = message.messagingServiceSid;
  if (step.errorCode !== null) fields.ErrorCode = String(step.errorCode);
  if (step.status === 'delivered') fields.RawDlrDoneDate = dlrDate(step.atMs);
  return fields;
}

/** YYMMDDhhmm, as carriers write it. */
function dlrDate(momentMs: number): string {
  return new Date(momentMs).toISOString().slice(2, 16).replace(/\D/g, '');
}
