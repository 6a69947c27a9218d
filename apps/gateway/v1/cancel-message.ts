import { PublicError } from '#libs/domain';
import { cancelMessage as cancel, jsonReply, repeatableCommand } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import * as fields from './fields.ts';
import { MESSAGE_EXAMPLE, messageWith } from './message-shape.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const cancelMessage = defineAction({
  name: 'cancel-message',
  method: 'POST',
  summary: 'Take a message back before it is sent',
  description:
    'Possible while it is scheduled or queued. Once it has been handed to the provider it is too late, and the refusal ' +
    'says what state it is in.',
  scope: 'send',
  input: { id: fields.messageId },
  inputExample: { id: MESSAGE_EXAMPLE.id },
  replies: [
    {
      status: 200,
      when: 'It will not be sent.',
      schema: messageWith({}),
      example: { ok: true, ...MESSAGE_EXAMPLE, status: 'canceled' },
    },
  ],
  errors: ['message_not_found', 'message_not_cancelable'],
  async run({ ctx, partner, requestId, idempotency, input }) {
    if (!UUID.test(input.id)) throw new PublicError('message_not_found');
    const reply = await repeatableCommand({
      ctx,
      input: { partner, requestId, idempotency, route: 'cancel-message', activationId: null },
      run: async () => {
        const message = await cancel({ ctx, input: { partner, id: input.id } });
        return jsonReply(200, { ok: true, ...message });
      },
    });
    return { ...reply, ids: { message_id: input.id } };
  },
});
