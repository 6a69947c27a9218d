import { Type } from 'typebox';
import { readServices } from '#libs/services';
import { defineAction, okAnswer } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { okObject, providerRow } from './shapes.ts';

export const services = defineAction({
  name: 'services',
  method: 'GET',
  summary: 'Services whose codes can be received',
  description: 'At most an hour old. The code is what rent_number takes as service.',
  scope: 'read',
  input: { api_id: optional(fields.apiId) },
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The list.',
      schema: okObject({
        services: Type.Array(Type.Object({ code: Type.String(), name: Type.String() })),
        api_id: providerRow,
      }),
      example: { ok: true, services: [{ code: 'tg', name: 'Telegram' }], api_id: 1 },
    },
  ],
  errors: ['invalid_api_id', 'api_not_found', 'virtual_numbers_not_configured', 'provider_unavailable'],
  async run({ ctx, partner, input }) {
    return okAnswer(await readServices({ ctx, input: { partner, apiId: input.api_id } }));
  },
});
