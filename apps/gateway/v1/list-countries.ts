import { Type } from 'typebox';
import { readCountries } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { countries } from '../actions/countries.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { providerRow } from '../actions/shapes.ts';
import { wholeList } from './page.ts';

export const listCountries = defineAction({
  name: 'list-countries',
  method: 'GET',
  summary: countries.summary,
  description: countries.description,
  scope: 'read',
  input: { api_id: optional(classic.apiId) },
  etag: true,
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The whole list.',
      schema: wholeList(Type.Object({ id: Type.Integer({ minimum: 0 }), name: Type.String() }), {
        api_id: providerRow,
      }),
      example: { ok: true, data: [{ id: 22, name: 'India' }], next_cursor: null, api_id: 1 },
    },
  ],
  errors: countries.errors,
  async run({ ctx, partner, input }) {
    const found = await readCountries({ ctx, input: { partner, apiId: input.api_id } });
    return okAnswer({ data: found.countries, next_cursor: null, api_id: found.api_id });
  },
});
