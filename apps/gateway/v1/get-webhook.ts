import { getWebhook as get } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { WEBHOOK_EXAMPLE, webhookId, webhookReply } from './webhook-shapes.ts';

export const getWebhook = defineAction({
  name: 'get-webhook',
  method: 'GET',
  summary: 'One webhook endpoint',
  description: 'Whether it is enabled, and since when it fails if it does.',
  scope: 'read',
  input: { id: webhookId },
  inputExample: { id: WEBHOOK_EXAMPLE.id },
  replies: [
    {
      status: 200,
      when: 'The endpoint.',
      schema: webhookReply,
      example: { ok: true, ...WEBHOOK_EXAMPLE },
    },
  ],
  errors: ['webhook_not_found'],
  async run({ ctx, partner, input: { id } }) {
    return okAnswer(await get({ ctx, input: { partner, id } }), { endpoint_id: id });
  },
});
