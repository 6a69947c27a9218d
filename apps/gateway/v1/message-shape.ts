import { type TProperties, Type } from 'typebox';
import { time, timeOrNull } from '../actions/shapes.ts';
import { MESSAGE_STATES } from './fields.ts';

const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

const FIELDS = {
  id: Type.String({ format: 'uuid' }),
  status: Type.Union(MESSAGE_STATES.map((word) => Type.Literal(word))),
  error: textOrNull('Why it failed, as a word.'),
  error_code: textOrNull('The provider’s own code.'),
  error_message: textOrNull('Why it failed, as a sentence.'),
  to: Type.String(),
  segments: Type.Integer({ minimum: 1 }),
  encoding: Type.String(),
  reference: textOrNull('Yours.'),
  attempts: Type.Integer({ minimum: 1, description: 'How often it was tried, this time included.' }),
  send_at: timeOrNull('When it will be sent, while that is ahead.'),
  valid_until: time('Given up after this when it could not be sent.'),
  created_at: time('When it was accepted.'),
  updated_at: time('When its state last changed.'),
};

/** A message as it stands in lists. */
export const message = Type.Object(FIELDS);

/** The same with more, as a reply of its own. */
export const messageWith = <More extends TProperties>(more: More) =>
  Type.Object({ ok: Type.Literal(true), ...FIELDS, ...more });

export const timeline = Type.Array(
  Type.Object({
    at: time('When it became so, or was heard of.'),
    status: Type.String(),
    attempt: Type.Optional(Type.Integer({ description: 'With sending: which attempt.' })),
    provider_status: Type.Optional(Type.String({ description: 'The provider’s own word.' })),
    error_code: Type.Optional(textOrNull('The provider’s own code.')),
    error: Type.Optional(textOrNull('Why it ended, as a word.')),
  }),
  { description: 'The states it went through, oldest first; of several attempts the last one.' },
);

export const MESSAGE_EXAMPLE = {
  id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11',
  status: 'delivered',
  error: null,
  error_code: null,
  error_message: null,
  to: '+15551234567',
  segments: 1,
  encoding: 'gsm7',
  reference: 'order-1009',
  attempts: 1,
  send_at: null,
  valid_until: '2030-01-31T13:00:00.000Z',
  created_at: '2030-01-31T09:00:00.000Z',
  updated_at: '2030-01-31T09:00:02.000Z',
};
