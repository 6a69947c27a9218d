import { eventName } from '#libs/domain';
import { listWebhookDeliveries as list } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { cursorField, encodeCursor, limit, pageAnswer, pageObject, USUAL_ROWS } from './page.ts';
import * as shapes from './webhook-shapes.ts';

export const listWebhookDeliveries = defineAction({
  name: 'list-webhook-deliveries',
  method: 'GET',
  summary: 'What was told to an endpoint, and what it answered',
  description: 'The latest event first, with every attempt; kept for 30 days after the last one.',
  scope: 'read',
  input: {
    id: shapes.webhookId,
    limit: optional(limit),
    cursor: optional(cursorField(shapes.eventOfCursor)),
    status: optional(shapes.deliveryStatus),
  },
  inputExample: { id: shapes.WEBHOOK_EXAMPLE.id, status: 'failed' },
  replies: [
    {
      status: 200,
      when: 'One page of them.',
      schema: pageObject(shapes.delivery),
      example: { ok: true, data: [shapes.DELIVERY_EXAMPLE], next_cursor: null },
    },
  ],
  errors: ['webhook_not_found', 'invalid_limit', 'invalid_cursor', 'invalid_status'],
  async run({ ctx, partner, input }) {
    const { id, cursor, status } = input;
    const page = await list({
      ctx,
      input: { partner, id, limit: input.limit ?? USUAL_ROWS, before: cursor, status },
    });
    const next = page.next === null ? null : encodeCursor(eventName(page.next));
    return { ...pageAnswer(page.deliveries, next), ids: { endpoint_id: id } };
  },
});
