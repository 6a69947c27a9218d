import type { SandboxMessage } from '../core/state.ts';

const PRICE_PER_SEGMENT = 0.0079;

/** A message as the API shows it: scalars are strings, dates RFC 2822, the price comes once it is sent. */
export function messageJson(message: SandboxMessage, accountSid: string): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.createdAtMs),
    date_sent: message.sentAtMs === null ? null : rfc2822(message.sentAtMs),
    date_updated: rfc2822(message.updatedAtMs),
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments: String(message.segments),
    price: message.sentAtMs === null ? null : (-PRICE_PER_SEGMENT * message.segments).toFixed(5),
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

/** `Thu, 24 Aug 2023 05:01:45 +0000`; whole seconds. */
export function rfc2822(momentMs: number): string {
  return new Date(momentMs).toUTCString().replace('GMT', '+0000');
}
