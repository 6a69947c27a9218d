import { Type } from 'typebox';
import { finishActivation, repeatableCommand } from '#libs/services';
import { defineAction } from './action.ts';
import * as fields from './fields.ts';
import { activationIdText, okObject } from './shapes.ts';

export const finish = defineAction({
  name: 'finish',
  method: 'POST',
  summary: 'End a rental that has its code',
  description: 'Optional: a rental with a code ends by itself when its time is over.',
  scope: 'rent',
  input: { id: fields.activationId },
  inputExample: { id: '12' },
  replies: [
    {
      status: 200,
      when: 'The rental has ended.',
      schema: okObject({
        activation_id: activationIdText,
        status: Type.Literal('received'),
        finished: Type.Literal(true),
      }),
      example: { ok: true, activation_id: '12', status: 'received', finished: true },
    },
    {
      status: 202,
      when: 'Noted; the provider has not answered yet.',
      schema: okObject({
        activation_id: activationIdText,
        status: Type.Literal('received'),
        finished: Type.Literal(false),
        finish_requested: Type.Literal(true),
      }),
      example: { ok: true, activation_id: '12', status: 'received', finished: false, finish_requested: true },
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
      input: { partner, requestId, idempotency, route: 'finish', activationId: input.id },
      run: () => finishActivation({ ctx, input: { partner, id: input.id } }),
    });
    return { ...reply, ids: { activation_id: input.id } };
  },
});
