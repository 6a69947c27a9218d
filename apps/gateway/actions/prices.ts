import { Type } from 'typebox';
import { readPrices } from '#libs/services';
import { defineAction, okAnswer } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { money, okObject, providerRow } from './shapes.ts';

export const prices = defineAction({
  name: 'prices',
  method: 'GET',
  summary: 'What a number costs now',
  description:
    'The best price of each service and country, and how many numbers there are at it; at most 60 seconds old. ' +
    'Pairs without stock are left out.',
  scope: 'read',
  input: {
    service: optional(fields.service),
    country: optional(fields.country),
    api_id: optional(fields.apiId),
  },
  inputExample: { service: 'tg', country: 22 },
  replies: [
    {
      status: 200,
      when: 'The prices.',
      schema: okObject({
        prices: Type.Array(
          Type.Object({
            service: Type.String(),
            country: Type.Integer({ minimum: 0 }),
            price: money('What you pay at best.'),
            count: Type.Integer({ minimum: 0, description: 'Numbers in stock at that price.' }),
          }),
        ),
        upstream_action: Type.String({ description: 'What the provider was asked.' }),
        api_id: providerRow,
      }),
      example: {
        ok: true,
        prices: [{ service: 'tg', country: 22, price: '0.30', count: 118 }],
        upstream_action: 'getPricesV3',
        api_id: 1,
      },
    },
  ],
  errors: [
    'invalid_service',
    'invalid_country',
    'invalid_api_id',
    'api_not_found',
    'virtual_numbers_not_configured',
    'provider_unavailable',
  ],
  async run({ ctx, partner, input }) {
    const { service, country } = input;
    return okAnswer(await readPrices({ ctx, input: { partner, service, country, apiId: input.api_id } }));
  },
});
