import { rotateWebhookSecret as rotate } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as shapes from './webhook-shapes.ts';

const USUAL_OVERLAP_SECONDS = 86_400;

export const rotateWebhookSecret = defineAction({
  name: 'rotate-webhook-secret',
  method: 'POST',
  summary: 'Give an endpoint a new secret',
  description:
    'Until overlap_seconds are over both secrets sign: webhook-signature then holds two signatures, separated by a ' +
    'space, and a receiver takes what it knows. 0 ends the old one at once. Rotated again, the one before last ends.',
  scope: 'webhooks',
  input: { id: shapes.webhookId, overlap_seconds: optional(shapes.overlapSeconds) },
  inputExample: { id: shapes.WEBHOOK_EXAMPLE.id, overlap_seconds: 3600 },
  replies: [
    {
      status: 200,
      when: 'The endpoint, and its new secret.',
      schema: shapes.webhookWithSecret,
      example: { ok: true, ...shapes.WEBHOOK_EXAMPLE, secret: shapes.SECRET_EXAMPLE },
    },
  ],
  errors: ['webhook_not_found', 'invalid_overlap_seconds'],
  async run({ ctx, partner, requestId, idempotency, input }) {
    const { id, overlap_seconds: overlapSeconds } = input;
    const reply = await rotate({
      ctx,
      input: {
        partner,
        requestId,
        idempotency,
        id,
        overlapSeconds: overlapSeconds ?? USUAL_OVERLAP_SECONDS,
      },
    });
    return { ...reply, ids: { endpoint_id: id } };
  },
});
