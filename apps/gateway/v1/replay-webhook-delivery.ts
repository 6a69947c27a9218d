import { replayWebhookDelivery as replay } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { DELIVERY_EXAMPLE, deliveryId, deliveryReply } from './webhook-shapes.ts';

export const replayWebhookDelivery = defineAction({
  name: 'replay-webhook-delivery',
  method: 'POST',
  summary: 'Tell one event again',
  description:
    'Delivered or given up, it goes out at once under the same webhook-id and with a whole new schedule of repetitions.',
  scope: 'webhooks',
  input: { id: deliveryId },
  inputExample: { id: DELIVERY_EXAMPLE.id },
  replies: [
    {
      status: 202,
      when: 'It is on its way.',
      schema: deliveryReply,
      example: { ok: true, ...DELIVERY_EXAMPLE, status: 'pending', finished_at: null },
    },
  ],
  errors: ['webhook_delivery_not_found', 'webhook_delivery_pending', 'webhook_not_found', 'webhook_disabled'],
  async run({ ctx, partner, requestId, idempotency, input: { id } }) {
    const reply = await replay({ ctx, input: { partner, requestId, idempotency, id } });
    return { ...reply, ids: { delivery_id: id } };
  },
});
