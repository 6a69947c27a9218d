import { waitForStatus } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { STATUS_EXAMPLE, status } from '../actions/status.ts';
import * as fields from './fields.ts';

export const getActivation = defineAction({
  name: 'get-activation',
  method: 'GET',
  summary: status.summary,
  description: status.description,
  scope: 'read',
  input: { id: fields.activationId, wait: optional(classic.wait) },
  etag: true,
  inputExample: { id: STATUS_EXAMPLE.activation_id },
  replies: status.replies,
  errors: status.errors,
  async run({ ctx, partner, input }) {
    const body = await waitForStatus({ ctx, input: { partner, id: input.id, seconds: input.wait ?? 0 } });
    return { status: 200, body, replayed: false, ids: { activation_id: input.id } };
  },
});
