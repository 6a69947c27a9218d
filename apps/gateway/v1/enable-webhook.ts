import { enableWebhook as enable } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { WEBHOOK_EXAMPLE, webhookId, webhookReply } from './webhook-shapes.ts';

export const enableWebhook = defineAction({
  name: 'enable-webhook',
  method: 'POST',
  summary: 'Have a disabled endpoint told again',
  description:
    'Of what happens from now on. What it missed is in GET /v1/events; what was given up is sent again by ' +
    'POST /v1/webhooks/{id}/replay. Harmless where it is enabled.',
  scope: 'webhooks',
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
  async run({ ctx, partner, requestId, idempotency, input: { id } }) {
    const reply = await enable({ ctx, input: { partner, requestId, idempotency, id } });
    return { ...reply, ids: { endpoint_id: id } };
  },
});
