import { Type } from 'typebox';
import { beginStream } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { badRequest } from '../plugins/errors.ts';
import { after, EVENT_EXAMPLE, readPlace, types } from './event-shapes.ts';

export const streamEvents = defineAction({
  name: 'stream-events',
  method: 'GET',
  summary: 'The same as they happen, as Server-Sent Events',
  description:
    'text/event-stream: id is a place in the feed, event the type, data the event as JSON. Without Last-Event-ID and ' +
    'after it begins with what happens from now on. It ends every 45 seconds; an EventSource comes again by itself, ' +
    'sends Last-Event-ID, and misses nothing. A comment every 15 seconds shows that it lives. At most 5 for each key.',
  scope: 'read',
  input: { after: optional(after), types: optional(types) },
  inputExample: { types: 'activation.code_received' },
  replies: [
    {
      status: 200,
      when: 'Events, as text/event-stream.',
      schema: Type.Object({}, { description: 'Each data line is an event as in GET /v1/events.' }),
      stream: true,
      example: EVENT_EXAMPLE,
    },
  ],
  errors: ['invalid_last_event_id', 'invalid_after', 'invalid_types', 'cursor_expired', 'too_many_streams'],
  async run({ ctx, partner, lastEventId, input }) {
    const known = lastEventId === null ? null : readLastEventId(lastEventId);
    const given = input.after === 'latest' ? null : input.after;
    const after = await beginStream({ ctx, input: { partner, after: known ?? given } });
    return {
      status: 200,
      body: '',
      replayed: false,
      stream: { after, types: input.types },
    };
  },
});

function readLastEventId(header: string) {
  const place = readPlace(header);
  if (!place) throw badRequest('invalid_last_event_id', undefined, 'Last-Event-ID');
  return place;
}
