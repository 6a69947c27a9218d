import { Type } from 'typebox';
import { deleteWebhook as remove } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { okObject } from '../actions/shapes.ts';
import { WEBHOOK_EXAMPLE, webhookId } from './webhook-shapes.ts';

export const deleteWebhook = defineAction({
  name: 'delete-webhook',
  method: 'DELETE',
  summary: 'Tell an endpoint nothing more',
  description: 'What was still to be told there is given up; a call that is under way may still arrive.',
  scope: 'webhooks',
  input: { id: webhookId },
  inputExample: { id: WEBHOOK_EXAMPLE.id },
  replies: [
    {
      status: 200,
      when: 'It is gone.',
      schema: okObject({ id: Type.String({ format: 'uuid' }), deleted: Type.Literal(true) }),
      example: { ok: true, id: WEBHOOK_EXAMPLE.id, deleted: true },
    },
  ],
  errors: ['webhook_not_found'],
  async run({ ctx, partner, input: { id } }) {
    await remove({ ctx, input: { partner, id } });
    return okAnswer({ id, deleted: true }, { endpoint_id: id });
  },
});
