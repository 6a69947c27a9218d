import { type TSchema, Type } from 'typebox';
import { type Field, field } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { readTime } from '../actions/read-time.ts';

const MOST_OVERLAP_HOURS = 720;

/** The same field, explained for /v1. */
function explained<Value>(inner: Field<Value>, description: string): Field<Value> {
  return { ...inner, schema: { ...inner.schema, description } as TSchema };
}

export const service = explained(classic.service, 'Service code, from GET /v1/services.');
export const country = explained(classic.country, 'Country id, from GET /v1/countries; 0 is one of them.');
export const messageId = explained(classic.messageId, 'The id that POST /v1/messages returned.');
export const activationId = explained(
  classic.activationId,
  'The activation_id that POST /v1/activations returned.',
);

const wordsOf = (words: readonly string[], description: string) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    { description, examples: [words[0]] },
  );

export const MESSAGE_STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
  'unknown',
] as const;

export const messageStatus = field(
  'invalid_status',
  wordsOf(MESSAGE_STATES, 'Only messages in this state.'),
  (value) => MESSAGE_STATES.find((word) => word === value) ?? null,
);

const ACTIVATION_STATES = ['waiting', 'received', 'cancelled', 'unknown'] as const;

export const activationStatus = field(
  'invalid_status',
  wordsOf(ACTIVATION_STATES, 'Only rentals in this state.'),
  (value) => ACTIVATION_STATES.find((word) => word === value) ?? null,
);

const time = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2030-01-31T09:00:00Z'] });

/** Before 1970 there is nothing, and PostgreSQL counts years in its own way. */
const readMoment = (value: string): Date | null => {
  const at = readTime(value);
  return at && new Date(Math.max(at.getTime(), 0));
};

export const createdAfter = field(
  'invalid_created_after',
  time('Only what was made at this time or later.'),
  readMoment,
);

export const createdBefore = field(
  'invalid_created_before',
  time('Only what was made before this time.'),
  readMoment,
);

export const dryRun = field(
  'invalid_dry_run',
  Type.Boolean({ description: 'Tells segments and encoding, and sends nothing.', examples: [true] }),
  (value) => value,
);

export const quoteId = field(
  'invalid_quote_id',
  Type.String({
    maxLength: 128,
    description: 'A quote for this service and country: you pay no more than it says.',
    examples: ['tg.22.1.300000.1895994045000.vV0c6yfQb1lqzq8sV0m7yqk2hX4nT9aB'],
  }),
  (value) => value,
);

/** Any text: one that is no id of ours names no key. */
export const keyId = field(
  'key_not_found',
  Type.String({ description: 'The id of the key that calls.', examples: ['0a1b2c3d4e5f'] }),
  (value) => value,
);

export const overlapHours = field(
  'invalid_overlap_hours',
  Type.Integer({
    minimum: 0,
    maximum: MOST_OVERLAP_HOURS,
    description: 'How long the old key works beside the new one (default 24); 0 ends it now.',
    examples: [48],
  }),
  (value) => value,
);

export const day = field(
  'invalid_period',
  Type.String({
    pattern: '^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$',
    description: 'A day in UTC.',
    examples: ['2030-01-31'],
  }),
  (value) => readTime(`${value}T00:00:00Z`),
);
