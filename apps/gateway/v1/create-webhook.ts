import { createWebhook as create } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as shapes from './webhook-shapes.ts';

export const createWebhook = defineAction({
  name: 'create-webhook',
  method: 'POST',
  summary: 'Have events told to an endpoint of yours',
  description:
    'Each event is posted there as {type, id, created_at, data}, signed as in Standard Webhooks with the secret that ' +
    'this reply shows once. id is also the header webhook-id and the id in GET /v1/events; data is the message or ' +
    'rental at that moment. Told at least once and in any order; repeated for 24 hours until a 2xx. An endpoint with ' +
    'nothing but failures for 24 hours, or that answers 410, is disabled: the event webhook.disabled says so.',
  scope: 'webhooks',
  input: {
    url: shapes.url,
    event_types: optional(shapes.eventTypes),
    description: optional(shapes.description),
  },
  inputExample: {
    url: 'https://partner.example/hooks/sms',
    event_types: ['message.delivered', 'message.failed'],
  },
  replies: [
    {
      status: 201,
      when: 'The endpoint, and its secret.',
      schema: shapes.webhookWithSecret,
      example: { ok: true, ...shapes.WEBHOOK_EXAMPLE, secret: shapes.SECRET_EXAMPLE },
    },
  ],
  errors: ['invalid_url', 'invalid_event_types', 'invalid_description', 'too_many_webhooks'],
  async run({ ctx, partner, requestId, idempotency, input }) {
    const { url, event_types: eventTypes, description } = input;
    const reply = await create({
      ctx,
      input: { partner, requestId, idempotency, url, eventTypes, description },
    });
    const { id } = JSON.parse(reply.body) as { id: string };
    return { ...reply, headers: { location: `/v1/webhooks/${id}` }, ids: { endpoint_id: id } };
  },
});
