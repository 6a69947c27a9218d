import { Type } from 'typebox';
import { rentNumber as rent } from '#libs/services';
import { defineAction } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { activationIdText, money, okObject, phone, providerRow, time } from './shapes.ts';

export const rentNumber = defineAction({
  name: 'rent_number',
  method: 'POST',
  summary: 'Rent a number for one service',
  description:
    'The quoted price is set aside in your wallet, paid when the first code arrives, and given back when none does. ' +
    'You never pay more than the quote. Send an Idempotency-Key: a repeated request then rents nothing twice.',
  scope: 'rent',
  input: {
    service: fields.service,
    country: fields.country,
    api_id: optional(fields.apiId),
    max_price: optional(fields.maxPrice),
    client_ref: optional(fields.clientRef),
    callback_url: optional(fields.callbackUrl),
  },
  inputExample: { service: 'tg', country: 22 },
  replies: [
    {
      status: 200,
      when: 'The number is yours.',
      schema: okObject({
        activation_id: activationIdText,
        phone,
        price: money('What the first code will cost.'),
        expires_at: time('When it is given back without a code.'),
        earliest_cancel_at: time('Before this the provider refuses a cancel.'),
        api_id: providerRow,
      }),
      example: {
        ok: true,
        activation_id: '12',
        phone: '+919876543210',
        price: '0.30',
        expires_at: '2030-01-31T09:20:00.000Z',
        earliest_cancel_at: '2030-01-31T09:02:00.000Z',
        api_id: 1,
      },
    },
    {
      status: 202,
      when: 'Not bought yet, or the provider’s answer was lost. Do not rent again: action=status tells the rest.',
      schema: okObject({ activation_id: activationIdText, pending: Type.Literal(true) }),
      example: { ok: true, activation_id: '12', pending: true },
    },
  ],
  errors: [
    'invalid_service',
    'invalid_country',
    'invalid_api_id',
    'invalid_max_price',
    'invalid_client_ref',
    'invalid_callback_url',
    'insufficient_funds',
    'api_not_found',
    'out_of_stock',
    'price_changed',
    'already_cancelled',
    'provider_error',
    'partner_user_not_configured',
    'virtual_numbers_not_configured',
    'provider_unavailable',
  ],
  async run({ ctx, input, partner, requestId, idempotency }) {
    const reply = await rent({
      ctx,
      input: {
        partner,
        requestId,
        idempotency,
        service: input.service,
        country: input.country,
        apiId: input.api_id,
        maxPriceMicros: input.max_price,
        clientRef: input.client_ref,
        callbackUrl: input.callback_url,
      },
    });
    const { activation_id: id } = JSON.parse(reply.body) as { activation_id?: string };
    return { ...reply, ...(id ? { ids: { activation_id: id } } : {}) };
  },
});
