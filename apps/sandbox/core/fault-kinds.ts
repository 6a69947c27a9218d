/**
 * Every way to fail. To add one: name it here, carry it out where the behaviour lives (core/reply.ts for a reply,
 * twilio/fault-answers.ts and smsbower/fault-answers.ts for a provider's own words), say it in README.md.
 */

/** Replace or spoil the reply, for both providers. With `commit` the request is carried out first. */
const WIRE = {
  slow: 'carried out at once, answered after delayMs (default 1000)',
  hang: 'no answer, ever',
  reset: 'the connection is reset',
  empty: '200 (or httpStatus) without a body',
  html: '500 (or httpStatus) with an HTML page',
  truncated: 'the usual answer, its body cut in half; always carried out',
  'cut-off': 'the connection breaks in the middle of the usual answer; always carried out',
  answer: 'httpStatus (default 200) and body as given',
  throttled: '429 with Retry-After (retryAfterSeconds, default 1)',
  'error-500': '500 in the words of the provider',
  'error-503': '503 in the words of the provider',
} as const;

const TWILIO_REPLIES = {
  'daily-cap': '429 with code 63038',
  unauthenticated: '401 with code 20003',
  suspended: '403 with code 20005',
  refused: 'the error of errorCode',
} as const;

const TWILIO_BEHAVIOUR = {
  'final-status': 'ends as status with errorCode',
  held: 'stays as it is until the control API moves it',
  unlisted: 'missing from the list for delayMs (default: for good)',
  'callback-doubled': 'every status callback twice',
  'callback-reordered': 'callbacks in reverse order, once the last status is reached',
  'callback-none': 'no status callback',
  'callback-first': 'the callback `sent` arrives before the answer to create',
  'callback-forged': 'status callbacks with a wrong signature',
} as const;

const SMSBOWER_REPLIES = {
  'no-balance': 'NO_BALANCE',
  'no-numbers': 'NO_NUMBERS',
  'bad-key': 'BAD_KEY with status 200',
  unauthorized: '401 envelope "No access"',
  denied: 'NO_ACTIVATION',
  envelope: '200 {"status":0,"message":body}',
} as const;

const SMSBOWER_BEHAVIOUR = {
  'push-first': 'a code arrives and is pushed before the answer to getNumber',
  'push-doubled': 'the push is sent twice',
  'push-none': 'no push',
  'duplicate-id': 'getNumber answers with the id of the rental before',
  'quoted-code': "STATUS_OK:'12345'",
  'wait-resend': 'STATUS_WAIT_RESEND instead of STATUS_WAIT_RETRY:<code>',
  'v2-other-types': 'getNumberV2 with strings and numbers exchanged',
  'v2-text': 'getNumberV2 answers ACCESS_NUMBER text',
  overpriced: 'the price is one and a half times maxPrice',
} as const;

export const FAULT_KINDS = {
  twilio: { ...WIRE, ...TWILIO_REPLIES, ...TWILIO_BEHAVIOUR },
  smsbower: { ...WIRE, ...SMSBOWER_REPLIES, ...SMSBOWER_BEHAVIOUR },
} as const;

export type TwilioFaultKind = keyof typeof FAULT_KINDS.twilio;
export type SmsbowerFaultKind = keyof typeof FAULT_KINDS.smsbower;
export type FaultKind = TwilioFaultKind | SmsbowerFaultKind;

/** The kinds that replace or spoil a reply, and therefore need an action. */
export const REPLY_FAULTS: ReadonlySet<string> = new Set([
  ...Object.keys(WIRE),
  ...Object.keys(TWILIO_REPLIES),
  ...Object.keys(SMSBOWER_REPLIES),
]);
