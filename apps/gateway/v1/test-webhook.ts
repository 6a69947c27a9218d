import { Type } from 'typebox';
import { testWebhook as test } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { okObject } from '../actions/shapes.ts';
import { DELIVERY_EXAMPLE, WEBHOOK_EXAMPLE, webhookId } from './webhook-shapes.ts';

export const testWebhook = defineAction({
  name: 'test-webhook',
  method: 'POST',
  summary: 'Send an endpoint the event webhook.test',
  description:
    'Once, without repetitions, whatever its event_types; data is the endpoint. What came of it is in ' +
    'GET /v1/webhooks/{id}/deliveries.',
  scope: 'webhooks',
  input: { id: webhookId },
  inputExample: { id: WEBHOOK_EXAMPLE.id },
  replies: [
    {
      status: 202,
      when: 'It is on its way.',
      schema: okObject({ event: Type.String(), delivery: Type.String({ format: 'uuid' }) }),
      example: { ok: true, event: DELIVERY_EXAMPLE.event, delivery: DELIVERY_EXAMPLE.id },
    },
  ],
  errors: ['webhook_not_found', 'webhook_disabled'],
  async run({ ctx, partner, requestId, idempotency, input: { id } }) {
    const reply = await test({ ctx, input: { partner, requestId, idempotency, id } });
    return { ...reply, ids: { endpoint_id: id } };
  },
});
