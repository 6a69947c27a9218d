import { PublicError } from '#libs/domain';
import { getMessage as readMessage } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import * as fields from './fields.ts';
import { MESSAGE_EXAMPLE, messageWith, timeline } from './message-shape.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const getMessage = defineAction({
  name: 'get-message',
  method: 'GET',
  summary: 'What became of a message',
  description:
    'State, reason, attempts and every word of the provider about a message that this partner sent.',
  scope: 'read',
  input: { id: fields.messageId },
  etag: true,
  inputExample: { id: MESSAGE_EXAMPLE.id },
  replies: [
    {
      status: 200,
      when: 'The message.',
      schema: messageWith({ timeline }),
      example: {
        ok: true,
        ...MESSAGE_EXAMPLE,
        timeline: [
          { at: '2030-01-31T09:00:00.000Z', status: 'queued' },
          { at: '2030-01-31T09:00:00.100Z', status: 'sending', attempt: 1 },
          { at: '2030-01-31T09:00:00.400Z', status: 'sent' },
          {
            at: '2030-01-31T09:00:02.000Z',
            status: 'delivered',
            provider_status: 'delivered',
            error_code: null,
          },
        ],
      },
    },
  ],
  errors: ['message_not_found'],
  async run({ ctx, partner, input }) {
    if (!UUID.test(input.id)) throw new PublicError('message_not_found');
    const message = await readMessage({ ctx, input: { partner, id: input.id } });
    return okAnswer(message, { message_id: input.id });
  },
});
