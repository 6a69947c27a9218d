import { Type } from 'typebox';
import { cancelActivation, repeatableCommand } from '#libs/services';
import { defineAction } from './action.ts';
import * as fields from './fields.ts';
import { activationIdText, okObject, timeOrNull } from './shapes.ts';

export const cancel = defineAction({
  name: 'cancel',
  method: 'POST',
  summary: 'Give a number back without a code',
  description:
    'The money set aside returns once the provider has confirmed. While the provider does not allow it yet, the ' +
    'cancel is kept and asked again at earliest_cancel_at, unless a code arrives first.',
  scope: 'rent',
  input: { id: fields.activationId },
  inputExample: { id: '12' },
  replies: [
    {
      status: 200,
      when: 'The provider confirmed; the money is free again.',
      schema: okObject({ activation_id: activationIdText, status: Type.Literal('cancelled') }),
      example: { ok: true, activation_id: '12', status: 'cancelled' },
    },
    {
      status: 202,
      when: 'Noted; the provider does not allow it yet, or the number is still being bought.',
      schema: okObject({
        activation_id: activationIdText,
        status: Type.Literal('waiting'),
        cancel_requested: Type.Literal(true),
        earliest_cancel_at: timeOrNull('When it will be asked again; null while the number is being bought.'),
      }),
      example: {
        ok: true,
        activation_id: '12',
        status: 'waiting',
        cancel_requested: true,
        earliest_cancel_at: '2030-01-31T09:02:00.000Z',
      },
    },
  ],
  errors: [
    'invalid_id',
    'activation_not_found',
    'code_already_received',
    'already_cancelled',
    'partner_user_not_configured',
  ],
  async run({ ctx, input, partner, requestId, idempotency }) {
    const reply = await repeatableCommand({
      ctx,
      input: { partner, requestId, idempotency, route: 'cancel', activationId: input.id },
      run: () => cancelActivation({ ctx, input: { partner, id: input.id } }),
    });
    return { ...reply, ids: { activation_id: input.id } };
  },
});
