import { type TProperties, Type } from 'typebox';

/** Pieces that several replies share. A reply may carry more fields than its schema lists. */
export const okObject = <Properties extends TProperties>(properties: Properties) =>
  Type.Object({ ok: Type.Literal(true), ...properties });

export const money = (description: string) =>
  Type.String({ pattern: '^-?[0-9]+\\.[0-9]{2,6}$', description: `${description} US dollars.` });

export const time = (description: string) => Type.String({ format: 'date-time', description });
export const timeOrNull = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description });

export const activationIdText = Type.String({ pattern: '^[0-9]{1,10}$', description: 'Decimal digits.' });
export const phone = Type.String({
  pattern: '^\\+[1-9][0-9]{1,14}$',
  description: 'The rented number, E.164.',
});
export const providerRow = Type.Integer({ minimum: 1, description: 'The provider row it came from.' });

/** The reply to `status`, and each entry of `statuses`. */
export const activationStatus = okObject({
  activation_id: activationIdText,
  status: Type.Union(
    ['waiting', 'received', 'cancelled', 'unknown'].map((word) => Type.Literal(word)),
    {
      description: 'unknown: the provider’s answers are unusable at present; it passes, and no money moves.',
    },
  ),
  phone: Type.Union([phone, Type.Null()], {
    description: 'The rented number, E.164; null while it is being bought.',
  }),
  pending: Type.Optional(Type.Literal(true, { description: 'The number is still being bought.' })),
  otp: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'The latest code.' })),
  messages: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.Union([Type.String(), Type.Null()]),
        text: Type.Union([Type.String(), Type.Null()]),
        received_at: time('When the code was heard of.'),
      }),
      { description: 'Every code so far, oldest first.' },
    ),
  ),
  reason: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: 'Why it was cancelled: requested, expired, …' }),
  ),
  raw: Type.Optional(
    Type.String({ maxLength: 200, description: 'With unknown: the provider’s last words.' }),
  ),
  cancel_requested: Type.Optional(Type.Literal(true)),
  service: Type.String(),
  country: Type.Integer(),
  price: money('What the code costs.'),
  settlement: Type.Union(
    ['held', 'captured', 'released'].map((word) => Type.Literal(word)),
    {
      description: 'Where the price is: set aside, paid, or given back.',
    },
  ),
  api_id: providerRow,
  client_ref: Type.Union([Type.String(), Type.Null()]),
  created_at: time('When it was asked for.'),
  expires_at: timeOrNull('When the number is given back without a code.'),
  earliest_cancel_at: timeOrNull('Before this the provider refuses a cancel.'),
});
