import { Type } from 'typebox';
import { createQuote as quote } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { money, okObject, providerRow, time } from '../actions/shapes.ts';
import * as fields from './fields.ts';

export const createQuote = defineAction({
  name: 'create-quote',
  method: 'POST',
  summary: 'Hold the price of a number for a moment',
  description:
    'The best price now, promised to you for valid_seconds: POST /v1/activations with quote_id costs no more than it, ' +
    'and less where the price has fallen. It sets no number aside, and costs nothing when it is not used.',
  scope: 'read',
  input: { service: fields.service, country: fields.country, api_id: optional(classic.apiId) },
  inputExample: { service: 'tg', country: 22 },
  replies: [
    {
      status: 200,
      when: 'The quote.',
      schema: okObject({
        id: Type.String({ description: 'Send it as quote_id.' }),
        service: Type.String(),
        country: Type.Integer({ minimum: 0 }),
        api_id: providerRow,
        price: money('The most you will pay.'),
        stock: Type.Integer({ minimum: 0, description: 'Numbers there are at that price.' }),
        valid_seconds: Type.Integer({ minimum: 1 }),
        expires_at: time('When the promise ends.'),
      }),
      example: {
        ok: true,
        id: 'tg.22.1.300000.1895994045000.vV0c6yfQb1lqzq8sV0m7yqk2hX4nT9aB',
        service: 'tg',
        country: 22,
        api_id: 1,
        price: '0.30',
        stock: 118,
        valid_seconds: 45,
        expires_at: '2030-01-31T09:00:45.000Z',
      },
    },
  ],
  errors: [
    'invalid_service',
    'invalid_country',
    'invalid_api_id',
    'api_not_found',
    'out_of_stock',
    'virtual_numbers_not_configured',
    'provider_unavailable',
  ],
  async run({ ctx, partner, input }) {
    const { service, country } = input;
    return okAnswer(await quote({ ctx, input: { partner, service, country, apiId: input.api_id } }));
  },
});
