import { Type } from 'typebox';
import { readCountries } from '#libs/services';
import { defineAction, okAnswer } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { okObject, providerRow } from './shapes.ts';

export const countries = defineAction({
  name: 'countries',
  method: 'GET',
  summary: 'Countries that numbers can be rented in',
  description: 'At most an hour old. The ids are the provider’s own; 0 is one of them.',
  scope: 'read',
  input: { api_id: optional(fields.apiId) },
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The list.',
      schema: okObject({
        countries: Type.Array(Type.Object({ id: Type.Integer({ minimum: 0 }), name: Type.String() })),
        api_id: providerRow,
      }),
      example: { ok: true, countries: [{ id: 22, name: 'India' }], api_id: 1 },
    },
  ],
  errors: ['invalid_api_id', 'api_not_found', 'virtual_numbers_not_configured', 'provider_unavailable'],
  async run({ ctx, partner, input }) {
    return okAnswer(await readCountries({ ctx, input: { partner, apiId: input.api_id } }));
  },
});
