import { Type } from 'typebox';
import { EVENT_TYPES, eventNumber, PublicError } from '#libs/domain';
import { DELIVERY_STATUSES } from '#libs/services';
import { field } from '../actions/field.ts';
import { isStorable, LONGEST_URL, readPublicUrl } from '../actions/fields.ts';
import { okObject, time, timeOrNull } from '../actions/shapes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_DESCRIPTION = 255;
const MOST_OVERLAP_SECONDS = 7 * 86_400;

const ofPath = (code: 'webhook_not_found' | 'webhook_delivery_not_found', description: string) =>
  field(code, Type.String({ description, examples: [EXAMPLE_ID] }), (value) => {
    // Any text: one that is no id of ours names nothing.
    if (!UUID.test(value)) throw new PublicError(code);
    return value;
  });

const EXAMPLE_ID = '5a0f3f0e-9c57-4b2a-8a35-2f8f6a1c7f10';

export const webhookId = ofPath('webhook_not_found', 'The id of the endpoint.');
export const deliveryId = ofPath('webhook_delivery_not_found', 'The id of the delivery.');

export const url = field(
  'invalid_url',
  Type.String({
    maxLength: LONGEST_URL,
    description: 'A public https URL of yours (port 443, or 1024 and above). Redirects are not followed.',
    examples: ['https://partner.example/hooks/sms'],
  }),
  (value) => readPublicUrl('invalid_url', 'url', value),
);

export const eventTypes = field(
  'invalid_event_types',
  Type.Array(Type.Union(EVENT_TYPES.map((type) => Type.Literal(type))), {
    minItems: 1,
    maxItems: EVENT_TYPES.length,
    uniqueItems: true,
    description: 'What it is to hear of; without it everything, also what is added later.',
    examples: [['message.delivered', 'message.failed']],
  }),
  (value): string[] => value,
);

export const description = field(
  'invalid_description',
  Type.String({
    minLength: 1,
    maxLength: LONGEST_DESCRIPTION,
    description: 'For you to tell endpoints apart.',
    examples: ['Production'],
  }),
  (value) => (value.length <= LONGEST_DESCRIPTION && isStorable(value) ? value : null),
);

export const overlapSeconds = field(
  'invalid_overlap_seconds',
  Type.Integer({
    minimum: 0,
    maximum: MOST_OVERLAP_SECONDS,
    description: 'How long the old secret signs beside the new one (default 86400).',
    examples: [3600],
  }),
  (value) => value,
);

export const since = field(
  'invalid_since',
  Type.String({
    format: 'date-time',
    description: 'Only events since then.',
    examples: ['2030-01-31T09:00:00Z'],
  }),
  (value) => {
    const atMs = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(value)
      ? Date.parse(value.toUpperCase())
      : Number.NaN;
    return Number.isNaN(atMs) ? null : new Date(atMs);
  },
);

export const deliveryStatus = field(
  'invalid_status',
  Type.Union(
    DELIVERY_STATUSES.map((word) => Type.Literal(word)),
    { description: 'Only deliveries of that status.', examples: ['failed'] },
  ),
  (value) => value,
);

/** The key of a page of deliveries: the event of the last one shown. */
export const eventOfCursor = ([name = '', ...rest]: string[]): bigint | null =>
  rest.length === 0 ? eventNumber(name) : null;

const textOrNull = (text: string) => Type.Union([Type.String(), Type.Null()], { description: text });

const WEBHOOK = {
  id: Type.String({ format: 'uuid' }),
  url: Type.String({ format: 'uri' }),
  event_types: Type.Union([Type.Array(Type.String()), Type.Null()], { description: 'null: everything.' }),
  description: textOrNull('Yours.'),
  status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  disabled_at: timeOrNull('Since when nothing is told there.'),
  disabled_reason: textOrNull('failing: nothing but failures for 24 hours. gone: it answered 410.'),
  failing_since: timeOrNull('Of the first failure since the last success.'),
  previous_secret_until: timeOrNull('Until then the secret before this one signs too.'),
  created_at: time('When it was made.'),
};

export const webhook = Type.Object(WEBHOOK);
export const webhookReply = okObject(WEBHOOK);
export const webhookWithSecret = okObject({
  ...WEBHOOK,
  secret: Type.String({
    pattern: '^whsec_',
    description: 'Signs what is told there (Standard Webhooks). Shown here and never again.',
  }),
});

export const WEBHOOK_EXAMPLE = {
  id: EXAMPLE_ID,
  url: 'https://partner.example/hooks/sms',
  event_types: ['message.delivered', 'message.failed'],
  description: 'Production',
  status: 'enabled',
  disabled_at: null,
  disabled_reason: null,
  failing_since: null,
  previous_secret_until: null,
  created_at: '2030-01-31T09:00:00.000Z',
};

export const SECRET_EXAMPLE = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

const DELIVERY = {
  id: Type.String({ format: 'uuid' }),
  webhook: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
    description: 'The endpoint; null for a callback_url.',
  }),
  event: Type.String({ description: 'The id of the event, which is its webhook-id.' }),
  type: Type.String(),
  status: Type.Union(DELIVERY_STATUSES.map((word) => Type.Literal(word))),
  error: textOrNull('Why it was given up, where there was no answer.'),
  attempts: Type.Array(
    Type.Object({
      at: time('When it was called.'),
      status: Type.Union([Type.Integer(), Type.Null()], { description: 'The HTTP status it answered with.' }),
      error: textOrNull('Without an answer: why, as a word.'),
      ms: Type.Union([Type.Integer(), Type.Null()], { description: 'How long it took.' }),
    }),
    { description: 'Every call so far, oldest first. No bodies are kept.' },
  ),
  next_attempt_at: timeOrNull('When it is called next.'),
  created_at: time('When the event happened.'),
  finished_at: timeOrNull('When it was delivered or given up.'),
};

export const delivery = Type.Object(DELIVERY);
export const deliveryReply = okObject(DELIVERY);

export const DELIVERY_EXAMPLE = {
  id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11',
  webhook: EXAMPLE_ID,
  event: 'evt_48213',
  type: 'message.delivered',
  status: 'delivered',
  error: null,
  attempts: [{ at: '2030-01-31T09:00:00.200Z', status: 200, error: null, ms: 84 }],
  next_attempt_at: null,
  created_at: '2030-01-31T09:00:00.000Z',
  finished_at: '2030-01-31T09:00:00.284Z',
};
