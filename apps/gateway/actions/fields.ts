import { Type } from 'typebox';
import { type ErrorCode, type Micros, PublicError, parseMicros } from '#libs/domain';
import { webhookUrlProblem } from '#libs/platform';
import { phoneProblem } from '#libs/services';
import { field } from './field.ts';
import { readTime } from './read-time.ts';

const MOST_ID = 2 ** 31 - 1;
const LONGEST_MESSAGE = 1_600;
export const LONGEST_URL = 2_048;
const MOST_AHEAD_MS = 35 * 24 * 3_600_000;
const MOST_IDS = 100;
const MOST_WAIT_SECONDS = 25;

/** Whole numbers come as JSON numbers and as digits, since a query has no numbers. */
const wholeNumber = (description: string, minimum: number, example: number) =>
  Type.Union([Type.Integer({ minimum, maximum: MOST_ID }), Type.String({ pattern: '^[0-9]{1,10}$' })], {
    description,
    examples: [example],
  });

export const to = field(
  'invalid_to',
  Type.String({ description: 'The recipient in E.164 form.', examples: ['+15551234567'] }),
  (value) => {
    const problem = phoneProblem(value);
    if (problem) throw new PublicError('invalid_to', { message: problem });
    return value;
  },
);

export const message = field(
  'invalid_message',
  Type.String({
    minLength: 1,
    description: 'The text: 1 to 1600 UTF-16 units, without NUL and lone surrogates.',
    examples: ['Your verification code is 123456'],
  }),
  (value) => (value.length <= LONGEST_MESSAGE && isStorable(value) ? value : null),
);

const shortText = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 255, description, examples: [example] });

export const reference = field(
  'invalid_reference',
  shortText('Your own reference; it comes back with the message.', 'order-1009'),
  (value) => (value.length <= 255 && isStorable(value) ? value : null),
);

export const clientRef = field(
  'invalid_client_ref',
  shortText('Your own reference; it comes back with the status.', 'signup-77'),
  (value) => (value.length <= 255 && isStorable(value) ? value : null),
);

export const callbackUrl = field(
  'invalid_callback_url',
  Type.String({
    maxLength: LONGEST_URL,
    description:
      'A public https URL of yours (port 443, or 1024 and above). Each change is posted to it as JSON ' +
      '{type, id, created_at, data}, where data is what GET /v1/messages/{id} (without events) or status tells at ' +
      'that moment. Types: message.sent, message.delivered, message.undelivered, message.failed, message.canceled; ' +
      'activation.active, activation.code_received (each code), activation.late_code, activation.cancelled, ' +
      'activation.finished. Signed as in Standard Webhooks with the whsec_ secret that the operator gives you. Told at ' +
      'least once and in any order, so go by id and data; repeated for 24 hours until a 2xx, a 410 ends it. ' +
      'Redirects are not followed.',
    examples: ['https://partner.example/hooks/sms'],
  }),
  (value) => readPublicUrl('invalid_callback_url', 'callback_url', value),
);

export const validitySeconds = field(
  'invalid_validity_seconds',
  Type.Integer({
    minimum: 1,
    maximum: 36_000,
    description: 'Seconds after which an unsent message is given up (default 14400).',
    examples: [300],
  }),
  (value) => value,
);

export const sendAt = field(
  'invalid_send_at',
  Type.String({
    format: 'date-time',
    description: 'When to send, RFC 3339 with zone, at most 35 days ahead; a time in the past means now.',
    examples: ['2030-01-31T09:00:00Z'],
  }),
  readSendAt,
);

export const activationId = field(
  'invalid_id',
  wholeNumber('The activation_id that rent_number returned.', 1, 12),
  (value) => inRange(value, 1),
);

export const activationIds = field(
  'invalid_ids',
  Type.String({ description: '1 to 100 activation ids, separated by commas.', examples: ['12,13,14'] }),
  (value) => {
    const ids = value.split(',').map((part) => (/^\s*[0-9]{1,10}\s*$/.test(part) ? inRange(part, 1) : null));
    return ids.length <= MOST_IDS && ids.every((id) => id !== null) ? ids : null;
  },
);

export const wait = field(
  'invalid_wait',
  wholeNumber(
    'Seconds to wait for a change, 0 to 25; it is a query parameter, so digits count as a number.',
    0,
    25,
  ),
  (value) => (Number(value) <= MOST_WAIT_SECONDS ? Number(value) : null),
);

export const service = field(
  'invalid_service',
  Type.String({
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    description: 'Service code, from action=services.',
    examples: ['tg'],
  }),
  (value) => value,
);

/** Country 0 is a country. */
export const country = field(
  'invalid_country',
  wholeNumber('Country id, from action=countries; 0 is one of them.', 0, 22),
  (value) => inRange(value, 0),
);

export const apiId = field(
  'invalid_api_id',
  wholeNumber('Provider row; without it the operator’s default.', 1, 1),
  (value) => inRange(value, 1),
);

export const maxPrice = field(
  'invalid_max_price',
  Type.Union([Type.String(), Type.Number()], {
    description: 'The most you are ready to pay, US dollars.',
    examples: ['0.50'],
  }),
  (value): Micros | null => {
    const micros = parseMicros(value);
    return micros !== null && micros > 0n ? micros : null;
  },
);

/** Any text: one that is no id of ours names no message. */
export const messageId = field(
  'message_not_found',
  Type.String({
    description: 'The id that sms-send returned.',
    examples: ['0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11'],
  }),
  (value) => value,
);

function inRange(value: number | string, least: number): number | null {
  const number = Number(value);
  return number >= least && number <= MOST_ID ? number : null;
}

/** Where a webhook may go, as far as it can be read; null when it is no https URL at all. */
export function readPublicUrl(code: ErrorCode, name: string, value: string): string | null {
  if (value.length > LONGEST_URL || !/^https:\/\/[^\s/?#]/i.test(value) || !URL.canParse(value)) return null;
  const { href } = new URL(value);
  const problem = webhookUrlProblem(href);
  if (problem) throw new PublicError(code, { message: `${name} cannot be used: ${problem}` });
  return href.length <= LONGEST_URL ? href : null;
}

/** What PostgreSQL can keep as text, and what every reader can decode. */
export function isStorable(value: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(value);
}

function readSendAt(value: string): Date | null {
  const at = readTime(value);
  if (!at || at.getTime() > Date.now() + MOST_AHEAD_MS) return null;
  // A moment that is over means now; the database's clock says so, for this one may be wrong.
  return new Date(Math.max(at.getTime(), 0));
}
