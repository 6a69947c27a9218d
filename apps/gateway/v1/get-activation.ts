import { readStatus } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { STATUS_EXAMPLE, status } from '../actions/status.ts';
import * as fields from './fields.ts';

export const getActivation = defineAction({
  name: 'get-activation',
  method: 'GET',
  summary: status.summary,
  description: status.description,
  scope: 'read',
  input: { id: fields.activationId },
  etag: true,
  inputExample: { id: STATUS_EXAMPLE.activation_id },
  replies: status.replies,
  errors: status.errors,
  async run({ ctx, partner, input }) {
    const body = await readStatus({ ctx, input: { partner, id: input.id } });
    return { status: 200, body, replayed: false, ids: { activation_id: input.id } };
  },
});
