import type { SmsErrorReason } from '#libs/domain';
import { markdownTable } from './markdown-table.ts';

/** What only the purchase of a number can be refused for. */
type NumberReason = 'out_of_stock' | 'price_too_low' | 'no_upstream_balance' | 'bad_service' | 'bad_country';

type MessageReason = Exclude<SmsErrorReason, NumberReason> | 'unknown_outcome' | 'failed';

const REASONS: Record<MessageReason, [meaning: string, fix: string]> = {
  invalid_recipient: ['The number does not exist or is no mobile number.', 'Correct `to`.'],
  recipient_opted_out: ['The recipient has opted out of messages from this sender.', 'Do not send again.'],
  unreachable_recipient: ['The handset is off, out of reach, or blocks the message.', 'Try later.'],
  undelivered: ['The carrier did not deliver it and gave no reason.', 'Try later.'],
  content_refused: ['The text was filtered or refused.', 'Change the text.'],
  sender_refused: ['The sender may not send this, or not there.', 'Ask the operator.'],
  destination_not_allowed: ['This country is not enabled.', 'Ask the operator.'],
  expired: ['It could not be sent within `validity_seconds`.', 'Send it again if it still matters.'],
  congestion: ['The carrier or the provider took no more messages.', 'Send again later.'],
  suspected_fraud: ['The provider suspects message pumping.', 'Limit who can make you send.'],
  credentials: ['The provider refuses the operator’s account.', 'Ask the operator.'],
  account_suspended: ['The operator’s account at the provider is not active.', 'Ask the operator.'],
  account_limit: ['The operator’s account reached a limit.', 'Ask the operator.'],
  unknown_outcome: [
    'The provider’s answer was lost and what became of it cannot be proven. It **may have arrived**.',
    'Send again only if twice is better than never.',
  ],
  failed: ['The provider reported a failure that is not listed here; see `error_code`.', 'Ask the operator.'],
  other: ['The provider refused it for another reason; see `error_message`.', 'Read `error_message`.'],
};

export function messageReasons(): string {
  return markdownTable(
    'What `error` of a message can be',
    ['error', 'Meaning', 'What to do'],
    Object.entries(REASONS).map(([reason, [meaning, fix]]) => [`\`${reason}\``, meaning, fix]),
  );
}
