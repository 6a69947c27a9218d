import { rentNumber as rent, rentByQuote } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { rentNumber } from '../actions/rent-number.ts';
import { asCreated } from './created.ts';
import * as fields from './fields.ts';

export const createActivation = defineAction({
  name: 'create-activation',
  method: 'POST',
  summary: rentNumber.summary,
  description:
    'The quoted price is set aside in your wallet, paid when the first code arrives, and given back when none does. ' +
    'With quote_id you pay no more than that quote, else what the number costs now. Send an Idempotency-Key: a ' +
    'repeated request then rents nothing twice.',
  scope: 'rent',
  input: {
    service: fields.service,
    country: fields.country,
    api_id: optional(classic.apiId),
    quote_id: optional(fields.quoteId),
    max_price: optional(classic.maxPrice),
    client_ref: optional(classic.clientRef),
    callback_url: optional(classic.callbackUrl),
  },
  inputExample: { service: 'tg', country: 22, client_ref: 'signup-77' },
  replies: rentNumber.replies.map((reply) =>
    reply.status === 200
      ? { ...reply, status: 201 as const }
      : {
          ...reply,
          when: 'Not bought yet, or the provider’s answer was lost. Do not rent again: the Location tells the rest.',
        },
  ),
  errors: ['invalid_quote_id', 'quote_expired', ...rentNumber.errors],
  async run({ ctx, input, partner, requestId, idempotency }) {
    const request = {
      partner,
      requestId,
      idempotency,
      service: input.service,
      country: input.country,
      apiId: input.api_id,
      maxPriceMicros: input.max_price,
      clientRef: input.client_ref,
      callbackUrl: input.callback_url,
    };
    const reply =
      input.quote_id === null
        ? await rent({ ctx, input: request })
        : await rentByQuote({ ctx, input: { ...request, quoteId: input.quote_id } });
    // Made by the service, which names the rental in every reply about one.
    const { activation_id: id } = JSON.parse(reply.body) as { activation_id?: string };
    if (id === undefined) return reply;
    return asCreated({ ...reply, ids: { activation_id: id } }, `/v1/activations/${id}`);
  },
});
