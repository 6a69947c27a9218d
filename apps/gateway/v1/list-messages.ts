import { listMessages as list } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { readTime } from '../actions/read-time.ts';
import * as fields from './fields.ts';
import { MESSAGE_EXAMPLE, message } from './message-shape.ts';
import { cursorField, encodeCursor, limit, pageAnswer, pageObject, USUAL_ROWS } from './page.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MICROSECONDS = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

const cursor = cursorField(([at = '', id = '', ...rest]) =>
  rest.length === 0 && MICROSECONDS.test(at) && readTime(at) && UUID.test(id) ? { at, id } : null,
);

export const listMessages = defineAction({
  name: 'list-messages',
  method: 'GET',
  summary: 'Your messages',
  description: 'Newest first; the filters narrow together.',
  scope: 'read',
  input: {
    limit: optional(limit),
    cursor: optional(cursor),
    reference: optional(classic.reference),
    to: optional(classic.to),
    status: optional(fields.messageStatus),
    created_after: optional(fields.createdAfter),
    created_before: optional(fields.createdBefore),
  },
  inputExample: { status: 'delivered', limit: 50 },
  replies: [
    {
      status: 200,
      when: 'One page of them.',
      schema: pageObject(message),
      example: { ok: true, data: [MESSAGE_EXAMPLE], next_cursor: null },
    },
  ],
  errors: [
    'invalid_limit',
    'invalid_cursor',
    'invalid_reference',
    'invalid_to',
    'invalid_status',
    'invalid_created_after',
    'invalid_created_before',
  ],
  async run({ ctx, partner, input }) {
    const { messages, next } = await list({
      ctx,
      input: {
        partner,
        limit: input.limit ?? USUAL_ROWS,
        position: input.cursor,
        reference: input.reference,
        to: input.to,
        status: input.status,
        createdFrom: input.created_after,
        createdBefore: input.created_before,
      },
    });
    return pageAnswer(messages, next && encodeCursor(next.at, next.id));
  },
});
