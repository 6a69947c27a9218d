import { Type } from 'typebox';
import { readServices } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { services } from '../actions/services.ts';
import { providerRow } from '../actions/shapes.ts';
import { wholeList } from './page.ts';

export const listServices = defineAction({
  name: 'list-services',
  method: 'GET',
  summary: services.summary,
  description: services.description,
  scope: 'read',
  input: { api_id: optional(classic.apiId) },
  etag: true,
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The whole list.',
      schema: wholeList(Type.Object({ code: Type.String(), name: Type.String() }), {
        api_id: providerRow,
      }),
      example: { ok: true, data: [{ code: 'tg', name: 'Telegram' }], next_cursor: null, api_id: 1 },
    },
  ],
  errors: services.errors,
  async run({ ctx, partner, input }) {
    const found = await readServices({ ctx, input: { partner, apiId: input.api_id } });
    return okAnswer({ data: found.services, next_cursor: null, api_id: found.api_id });
  },
});
