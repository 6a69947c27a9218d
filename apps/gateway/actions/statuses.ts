import { Type } from 'typebox';
import { readStatuses } from '#libs/services';
import { defineAction } from './action.ts';
import * as fields from './fields.ts';
import { activationIdText, activationStatus, okObject } from './shapes.ts';
import { STATUS_EXAMPLE } from './status.ts';

export const notFound = Type.Object({
  ok: Type.Literal(false),
  activation_id: activationIdText,
  error: Type.Literal('activation_not_found'),
});

export const statuses = defineAction({
  name: 'statuses',
  method: 'GET',
  summary: 'Many rentals at once',
  description:
    'Up to 100 ids; the entries come in the order asked. An unknown id has ok: false in its entry.',
  scope: 'read',
  input: { ids: fields.activationIds },
  inputExample: { ids: '12,13' },
  replies: [
    {
      status: 200,
      when: 'One entry for each id.',
      schema: okObject({ statuses: Type.Array(Type.Union([activationStatus, notFound])) }),
      example: {
        ok: true,
        statuses: [STATUS_EXAMPLE, { ok: false, activation_id: '13', error: 'activation_not_found' }],
      },
    },
  ],
  errors: ['invalid_ids', 'partner_user_not_configured'],
  async run({ ctx, partner, input }) {
    const entries = await readStatuses({ ctx, input: { partner, ids: input.ids } });
    return { status: 200, body: `{"ok":true,"statuses":[${entries.join()}]}`, replayed: false };
  },
});
