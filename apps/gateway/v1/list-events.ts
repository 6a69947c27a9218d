import { Type } from 'typebox';
import { readEvents, readFeedEnd } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { okObject } from '../actions/shapes.ts';
import { after, EVENT_EXAMPLE, encodePlace, event, types } from './event-shapes.ts';
import { limit, USUAL_ROWS } from './page.ts';

export const listEvents = defineAction({
  name: 'list-events',
  method: 'GET',
  summary: 'What happened to your messages and rentals',
  description:
    'Oldest first, kept for 30 days. Keep next_cursor and send it as after the next time: no event is skipped and ' +
    'none comes twice. It is given also while nothing is new; more says whether to ask again at once.',
  scope: 'read',
  input: { after: optional(after), types: optional(types), limit: optional(limit) },
  inputExample: { types: 'message.delivered,message.failed' },
  replies: [
    {
      status: 200,
      when: 'One page of them.',
      schema: okObject({
        data: Type.Array(event),
        next_cursor: Type.String({ description: 'Send it as after.' }),
        more: Type.Boolean({ description: 'There may be more already.' }),
      }),
      example: { ok: true, data: [EVENT_EXAMPLE], next_cursor: 'ODY4LDQ4MjEz', more: false },
    },
  ],
  errors: ['invalid_after', 'invalid_types', 'invalid_limit', 'cursor_expired'],
  async run({ ctx, partner, input }) {
    const place = input.after === 'latest' ? await readFeedEnd({ ctx, input: { partner } }) : input.after;
    const page = await readEvents({
      ctx,
      input: { partner, after: place, types: input.types, limit: input.limit ?? USUAL_ROWS },
    });
    return okAnswer({ data: page.events, next_cursor: encodePlace(page.next), more: page.more });
  },
});
