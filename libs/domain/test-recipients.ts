/** Reserved numbers whose fate is written down: what a send to one from a test key comes to. */
export interface TestRecipient {
  number: string;
  /** What the send itself comes to. `absent`: as `unknown`, but nothing was sent, so it is sent again. */
  send: 'accepted' | 'refused' | 'unreachable' | 'unknown' | 'absent';
  /** The code of the refusal, or of the failed delivery. */
  errorCode: string | null;
  /** The last word about it, and how long after the send it comes; null: none comes. */
  last: { status: 'delivered' | 'undelivered'; afterSeconds: number } | null;
  /** For the documentation. */
  outcome: string;
}

/** How often a provider that is down is tried in vain. */
export const UNREACHABLE_ATTEMPTS = 3;

const SOON = 1;
const delivered = (afterSeconds = SOON): TestRecipient['last'] => ({ status: 'delivered', afterSeconds });
const undelivered: TestRecipient['last'] = { status: 'undelivered', afterSeconds: SOON };

/** `+1500555…` as the SMS provider's own magic numbers, the rest from the range that is reserved for fiction. */
export const TEST_RECIPIENTS: readonly TestRecipient[] = [
  row('+15005550006', 'accepted', null, delivered(), 'delivered'),
  row('+15005550001', 'refused', '21211', null, 'refused: no valid number (21211)'),
  row('+15005550004', 'refused', '21610', null, 'refused: the recipient has opted out (21610)'),
  row('+15005550009', 'refused', '21614', null, 'refused: the number takes no SMS (21614)'),
  row('+12025550130', 'accepted', '30003', undelivered, 'undelivered: the handset cannot be reached (30003)'),
  row('+12025550131', 'accepted', '30007', undelivered, 'undelivered: filtered by the carrier (30007)'),
  row('+12025550140', 'accepted', null, delivered(30), 'sent at once, delivered after 30 seconds'),
  row('+12025550150', 'unknown', null, delivered(3), 'of unknown outcome, found to be sent after 3 seconds'),
  row('+12025550151', 'unknown', null, null, 'of unknown outcome, never found out: failed, unknown_outcome'),
  row('+12025550152', 'absent', null, delivered(), 'of unknown outcome, proven not sent, then sent again'),
  row('+12025550160', 'unreachable', null, delivered(), 'the provider is down for some seconds, then sent'),
];

/** What a send to this number comes to; every number that is not in the table is delivered. */
export function testRecipient(number: string): TestRecipient {
  return BY_NUMBER.get(number) ?? row(number, 'accepted', null, delivered(), 'delivered');
}

const BY_NUMBER = new Map(TEST_RECIPIENTS.map((recipient) => [recipient.number, recipient]));

function row(
  number: string,
  send: TestRecipient['send'],
  errorCode: string | null,
  last: TestRecipient['last'],
  outcome: string,
): TestRecipient {
  return { number, send, errorCode, last, outcome };
}
