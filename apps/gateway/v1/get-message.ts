import { Type } from 'typebox';
import { PublicError } from '#libs/domain';
import { getMessage as readMessage } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import * as fields from '../actions/fields.ts';
import { okObject, time } from '../actions/shapes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

export const getMessage = defineAction({
  name: 'get-message',
  method: 'GET',
  summary: 'What became of a message',
  description: 'State, reason and every word of the provider about a message that this partner sent.',
  scope: 'read',
  input: { id: fields.messageId },
  etag: true,
  inputExample: { id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11' },
  replies: [
    {
      status: 200,
      when: 'The message.',
      schema: okObject({
        id: Type.String({ format: 'uuid' }),
        status: Type.Union(
          ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'canceled', 'unknown'].map(
            (word) => Type.Literal(word),
          ),
        ),
        error: textOrNull('Why it failed, as a word.'),
        error_code: textOrNull('The provider’s own code.'),
        error_message: textOrNull('Why it failed, as a sentence.'),
        to: Type.String(),
        segments: Type.Integer({ minimum: 1 }),
        encoding: Type.String(),
        reference: textOrNull('Yours.'),
        created_at: time('When it was accepted.'),
        updated_at: time('When its state last changed.'),
      }),
      example: {
        ok: true,
        id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11',
        status: 'delivered',
        error: null,
        error_code: null,
        error_message: null,
        to: '+15551234567',
        segments: 1,
        encoding: 'gsm7',
        reference: 'order-1009',
        created_at: '2030-01-31T09:00:00.000Z',
        updated_at: '2030-01-31T09:00:02.000Z',
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
