import { Type } from 'typebox';
import { listPrices as list } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { prices } from '../actions/prices.ts';
import { money, providerRow } from '../actions/shapes.ts';
import * as fields from './fields.ts';
import { wholeList } from './page.ts';

const numberOrNull = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

const price = Type.Object({
  service: Type.String(),
  country: Type.Integer({ minimum: 0 }),
  price: money('What you pay at best.'),
  stock: Type.Integer({ minimum: 0, description: 'Numbers there are at that price.' }),
  delivery: Type.Object(
    {
      sample: Type.Integer({ minimum: 0, description: 'Rentals of the last 7 days that it is about.' }),
      success_rate: numberOrNull('The share of them that got a code, 0 to 1; null without any.'),
      p50_seconds: numberOrNull('Half of the first codes came within this time.'),
      p90_seconds: numberOrNull('Nine of ten came within this time.'),
    },
    { description: 'How rentals of this platform went, whoever rented; measured every few minutes.' },
  ),
});

export const listPrices = defineAction({
  name: 'list-prices',
  method: 'GET',
  summary: 'Prices, stock and how well codes arrive',
  description:
    'The best price of each service and country; at most 60 seconds old. Pairs without stock are left out.',
  scope: 'read',
  input: {
    service: optional(fields.service),
    country: optional(fields.country),
    api_id: optional(classic.apiId),
  },
  etag: true,
  inputExample: { service: 'tg', country: 22 },
  replies: [
    {
      status: 200,
      when: 'The prices.',
      schema: wholeList(price, { api_id: providerRow }),
      example: {
        ok: true,
        data: [
          {
            service: 'tg',
            country: 22,
            price: '0.30',
            stock: 118,
            delivery: { sample: 240, success_rate: 0.925, p50_seconds: 11.5, p90_seconds: 48 },
          },
        ],
        next_cursor: null,
        api_id: 1,
      },
    },
  ],
  errors: prices.errors,
  async run({ ctx, partner, input }) {
    const { service, country } = input;
    const found = await list({ ctx, input: { partner, service, country, apiId: input.api_id } });
    return okAnswer({ data: found.prices, next_cursor: null, api_id: found.api_id });
  },
});
