import { Type } from 'typebox';
import { readStatuses } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import * as classic from '../actions/fields.ts';
import { activationStatus, okObject } from '../actions/shapes.ts';
import { STATUS_EXAMPLE } from '../actions/status.ts';
import { notFound, statuses } from '../actions/statuses.ts';

export const getActivationStatuses = defineAction({
  name: 'get-activation-statuses',
  method: 'GET',
  summary: statuses.summary,
  description: statuses.description,
  scope: 'read',
  input: { ids: classic.activationIds },
  inputExample: statuses.inputExample,
  replies: [
    {
      status: 200,
      when: 'One entry for each id.',
      schema: okObject({ data: Type.Array(Type.Union([activationStatus, notFound])) }),
      example: {
        ok: true,
        data: [STATUS_EXAMPLE, { ok: false, activation_id: '13', error: 'activation_not_found' }],
      },
    },
  ],
  errors: statuses.errors,
  async run({ ctx, partner, input }) {
    const entries = await readStatuses({ ctx, input: { partner, ids: input.ids } });
    return { status: 200, body: `{"ok":true,"data":[${entries.join()}]}`, replayed: false };
  },
});
