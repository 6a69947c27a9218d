import { Type } from 'typebox';
import { repeatableCommand, resendActivation } from '#libs/services';
import { defineAction } from './action.ts';
import * as fields from './fields.ts';
import { activationIdText, okObject } from './shapes.ts';

export const resend = defineAction({
  name: 'resend',
  method: 'POST',
  summary: 'Wait for another code on the same number',
  description:
    'Free, and possible once a code has arrived. From the provider’s consent status is waiting until the next code.',
  scope: 'rent',
  input: { id: fields.activationId },
  inputExample: { id: '12' },
  replies: [
    {
      status: 200,
      when: 'The provider listens for another code.',
      schema: okObject({ activation_id: activationIdText, status: Type.String() }),
      example: { ok: true, activation_id: '12', status: 'waiting' },
    },
    {
      status: 202,
      when: 'Noted; the provider has not answered yet.',
      schema: okObject({
        activation_id: activationIdText,
        status: Type.String(),
        resend_requested: Type.Literal(true),
      }),
      example: { ok: true, activation_id: '12', status: 'received', resend_requested: true },
    },
  ],
  errors: [
    'invalid_id',
    'activation_not_found',
    'code_not_received',
    'already_cancelled',
    'already_finished',
    'partner_user_not_configured',
  ],
  async run({ ctx, input, partner, requestId, idempotency }) {
    const reply = await repeatableCommand({
      ctx,
      input: { partner, requestId, idempotency, route: 'resend', activationId: input.id },
      run: () => resendActivation({ ctx, input: { partner, id: input.id } }),
    });
    return { ...reply, ids: { activation_id: input.id } };
  },
});
