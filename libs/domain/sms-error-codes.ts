import type { RejectReason } from './outcome.ts';

/**
 * The SMS provider's error codes (https://www.twilio.com/docs/api/errors): what each means for a message, for the
 * answer to a send as for a later delivery callback.
 *
 * - `message`, `recipient`: final for this text, or for this recipient whatever the text.
 * - `sender`, `destination`: our sender or our account's settings do not allow it; other messages may pass.
 * - `account`: nothing passes until the account is put right.
 * - `retry`: not now; the same message may pass later.
 * - `unknown`: it may have been delivered.
 */
export type SmsErrorClass =
  | 'message'
  | 'recipient'
  | 'sender'
  | 'destination'
  | 'account'
  | 'retry'
  | 'unknown';

/** A refusal's reason, or what can only befall a message after it was accepted. */
export type SmsErrorReason = RejectReason | 'expired' | 'congestion' | 'suspected_fraud' | 'undelivered';

export interface SmsError {
  class: SmsErrorClass;
  reason: SmsErrorReason;
  /** One plain sentence for partners. */
  description: string;
}

/** What a code means, or null for a code that is not listed. */
export function smsError(code: string): SmsError | null {
  return TABLE.get(code) ?? null;
}

/** Reason and sentence of a code that a delivery callback carries, or null for a code that is not listed. */
export function twilioErrorReason(code: string): { reason: SmsErrorReason; description: string } | null {
  const known = TABLE.get(code);
  return known ? { reason: known.reason, description: known.description } : null;
}

/** Class, reason, sentence, codes. */
const ROWS: [SmsErrorClass, SmsErrorReason, string, string][] = [
  ['account', 'credentials', 'The SMS provider refuses the credentials of this server.', '20003 20403'],
  ['account', 'credentials', 'The SMS provider does not know the account of this server.', '20404'],
  [
    'account',
    'account_suspended',
    'The SMS account of this server is not active.',
    '10001 20005 90010 30002',
  ],
  ['account', 'account_limit', 'The SMS account of this server has reached its daily limit.', '63038'],

  ['retry', 'congestion', 'The SMS provider takes no more requests at this moment.', '20429'],
  ['retry', 'congestion', 'Too many messages between these two numbers within a short time.', '14107'],
  ['retry', 'congestion', 'The queue of the sending number is full.', '21611 30001 30022'],
  ['retry', 'congestion', 'The carrier is congested.', '30017'],
  ['retry', 'account_limit', 'The daily limit of the sender at the carrier is reached.', '30023 30027'],
  [
    'retry',
    'destination_not_allowed',
    'The message fell into quiet hours at its destination.',
    '30047 30610',
  ],
  [
    'retry',
    'suspected_fraud',
    'The SMS provider suspects message pumping to this destination.',
    '30450 30453',
  ],

  ['unknown', 'other', 'The SMS provider had an internal error.', '20500 20503'],
  ['unknown', 'undelivered', 'The carrier gave no answer; the message may have been delivered.', '30410'],

  ['message', 'other', 'The SMS provider did not understand the request.', '20001 21609 21624'],
  [
    'message',
    'other',
    'The SMS provider refused the scheduling of the message.',
    '35111 35112 35113 35114 35115 35116 35117 35118',
  ],
  ['message', 'content_refused', 'The text of the message is missing or too long.', '21602 21617 21619'],
  ['message', 'content_refused', 'The text of the message was refused.', '21618 21654 21655 21656'],
  [
    'message',
    'content_refused',
    'The carrier or the SMS provider filtered the message as unwanted.',
    '30007',
  ],
  ['message', 'unreachable_recipient', 'The recipient cannot be reached from this sender.', '21612'],
  ['message', 'expired', 'The message was not sent within its validity time.', '30036'],
  ['message', 'other', 'The price of the message is above the allowed one.', '30010'],
  ['message', 'unreachable_recipient', 'The handset is switched off or out of reach.', '30003'],
  ['message', 'undelivered', 'The carrier did not deliver the message and gave no reason.', '30008'],

  ['recipient', 'invalid_recipient', 'The recipient is not a valid phone number.', '21211 21604 30005'],
  ['recipient', 'invalid_recipient', 'The recipient is not a mobile number.', '21614 21635 30006'],
  ['recipient', 'recipient_opted_out', 'The recipient has opted out of messages from this sender.', '21610'],
  ['recipient', 'unreachable_recipient', 'The recipient or the carrier blocks this message.', '30004'],

  [
    'sender',
    'sender_refused',
    'The sender is not allowed for this message.',
    '21212 21601 21603 21606 21607 21659 21660 21661 21703 21704 21705 21712',
  ],
  [
    'sender',
    'sender_refused',
    'The sender is not registered for this destination.',
    '30018 30024 30032 30033 30034 30035',
  ],

  ['destination', 'destination_not_allowed', 'Sending to this country is not enabled.', '21408'],
  ['destination', 'destination_not_allowed', 'The trial account may send to verified numbers only.', '21608'],
];

const TABLE = new Map(
  ROWS.flatMap(([errorClass, reason, description, codes]) =>
    codes.split(' ').map((code): [string, SmsError] => [code, { class: errorClass, reason, description }]),
  ),
);
