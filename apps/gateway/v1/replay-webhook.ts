import { Type } from 'typebox';
import { replayFailedWebhooks } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { okObject } from '../actions/shapes.ts';
import { since, WEBHOOK_EXAMPLE, webhookId } from './webhook-shapes.ts';

export const replayWebhook = defineAction({
  name: 'replay-webhook',
  method: 'POST',
  summary: 'Tell an endpoint again what was given up',
  description:
    'All its failed deliveries, oldest first and at most 1000 at once, each under its old webhook-id and with a whole ' +
    'new schedule of repetitions.',
  scope: 'webhooks',
  input: { id: webhookId, since: optional(since) },
  inputExample: { id: WEBHOOK_EXAMPLE.id, since: '2030-01-31T09:00:00Z' },
  replies: [
    {
      status: 202,
      when: 'They are on their way.',
      schema: okObject({
        count: Type.Integer({ minimum: 0 }),
        more: Type.Boolean({ description: 'There may be more: ask again.' }),
      }),
      example: { ok: true, count: 3, more: false },
    },
  ],
  errors: ['webhook_not_found', 'webhook_disabled', 'invalid_since'],
  async run({ ctx, partner, requestId, idempotency, input: { id, since: from } }) {
    const input = { partner, requestId, idempotency, id, since: from };
    const reply = await replayFailedWebhooks({ ctx, input });
    return { ...reply, ids: { endpoint_id: id } };
  },
});
