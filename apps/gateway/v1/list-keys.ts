import { listKeys as list } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { KEY_EXAMPLE, key } from './key-shape.ts';
import { wholeList } from './page.ts';

export const listKeys = defineAction({
  name: 'list-keys',
  method: 'GET',
  summary: 'Your API keys',
  description:
    'All keys that act for your wallet, oldest first, the ended ones included. No secret is ever shown again.',
  scope: 'read',
  input: {},
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The keys.',
      schema: wholeList(key),
      example: { ok: true, data: [KEY_EXAMPLE], next_cursor: null },
    },
  ],
  errors: [],
  async run({ ctx, partner }) {
    return okAnswer({ data: await list({ ctx, input: { partner } }), next_cursor: null });
  },
});
