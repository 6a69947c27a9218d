import { readProviderBalance } from '#libs/services';
import { defineAction, okAnswer } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { money, okObject, providerRow } from './shapes.ts';

export const balance = defineAction({
  name: 'balance',
  method: 'GET',
  summary: 'Balance at the number provider',
  description: 'The operator’s balance upstream, at most 30 seconds old. Your own money is in action=wallet.',
  scope: 'read',
  input: { api_id: optional(fields.apiId) },
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The balance.',
      schema: okObject({ smsbower_balance: money('At the provider.'), api_id: providerRow }),
      example: { ok: true, smsbower_balance: '998.50', api_id: 1 },
    },
  ],
  errors: ['invalid_api_id', 'api_not_found', 'virtual_numbers_not_configured', 'provider_unavailable'],
  async run({ ctx, partner, input }) {
    return okAnswer(await readProviderBalance({ ctx, input: { partner, apiId: input.api_id } }));
  },
});
