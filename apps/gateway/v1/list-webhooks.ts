import { Type } from 'typebox';
import { listWebhooks as list } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { okObject } from '../actions/shapes.ts';
import { WEBHOOK_EXAMPLE, webhook } from './webhook-shapes.ts';

export const listWebhooks = defineAction({
  name: 'list-webhooks',
  method: 'GET',
  summary: 'Your webhook endpoints',
  description: 'All of them, oldest first; there are at most 20.',
  scope: 'read',
  input: {},
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The endpoints.',
      schema: okObject({ data: Type.Array(webhook) }),
      example: { ok: true, data: [WEBHOOK_EXAMPLE] },
    },
  ],
  errors: [],
  async run({ ctx, partner }) {
    return okAnswer({ data: await list({ ctx, input: { partner } }) });
  },
});
