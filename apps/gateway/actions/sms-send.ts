import { Type } from 'typebox';
import { sendMessage } from '#libs/services';
import { defineAction } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { okObject } from './shapes.ts';

export const smsSend = defineAction({
  name: 'sms-send',
  method: 'POST',
  summary: 'Send a text message',
  description:
    'The message is safe from the moment of the reply: it is sent once, or reported failed with a reason. ' +
    'With Prefer: wait=N (at most 20 seconds) the reply carries the state reached by then.',
  scope: 'send',
  input: {
    to: fields.to,
    message: fields.message,
    reference: optional(fields.reference),
    callback_url: optional(fields.callbackUrl),
    validity_seconds: optional(fields.validitySeconds),
    send_at: optional(fields.sendAt),
  },
  inputExample: { to: '+15551234567', message: 'Your verification code is 123456' },
  prefersWait: true,
  replies: [
    {
      status: 200,
      when: 'Accepted. Ask GET /v1/messages/{id} what became of it.',
      schema: okObject({
        id: Type.String({ format: 'uuid' }),
        status: Type.String({ description: 'queued, or with Prefer: wait the state reached.' }),
        segments: Type.Integer({ minimum: 1, description: 'SMS segments the text needs.' }),
        encoding: Type.Union([Type.Literal('gsm7'), Type.Literal('ucs2')]),
      }),
      example: {
        ok: true,
        id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11',
        status: 'queued',
        segments: 1,
        encoding: 'gsm7',
      },
    },
  ],
  errors: [
    'invalid_to',
    'invalid_message',
    'invalid_reference',
    'invalid_callback_url',
    'invalid_validity_seconds',
    'invalid_send_at',
    'invalid_prefer',
    'outbound_sms_not_configured',
    'provider_error',
  ],
  async run({ ctx, input, partner, requestId, idempotency, waitSeconds }) {
    const reply = await sendMessage({
      ctx,
      input: {
        partner,
        requestId,
        idempotency,
        waitSeconds,
        to: input.to,
        message: input.message,
        reference: input.reference,
        callbackUrl: input.callback_url,
        validitySeconds: input.validity_seconds,
        sendAt: input.send_at,
      },
    });
    const { id } = JSON.parse(reply.body) as { id?: string };
    return { ...reply, ...(id ? { ids: { message_id: id } } : {}) };
  },
});
