import { Type } from 'typebox';
import { readUsage } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { money } from '../actions/shapes.ts';
import { badRequest } from '../plugins/errors.ts';
import * as fields from './fields.ts';
import { wholeList } from './page.ts';

const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 31;
const USUAL_DAYS = 30;

const count = Type.Integer({ minimum: 0 });

const usageOfDay = Type.Object({
  day: Type.String({ description: 'In UTC.' }),
  messages: Type.Record(Type.String(), count, {
    description: 'total, and each state that any message of that day is in now.',
  }),
  activations: Type.Record(Type.String(), count, {
    description:
      'total, and each end: received, cancelled, expired, not_bought; running for those without one.',
  }),
  spent: money('What the rentals of that day have cost so far.'),
});

export const getUsage = defineAction({
  name: 'get-usage',
  method: 'GET',
  summary: 'Counts and money of each day',
  description:
    'Messages by state, rentals by end, and what was spent; a day is the one, in UTC, on which it was asked for. At most ' +
    '31 days in one request, the last 30 without from and to.',
  scope: 'read',
  input: { from: optional(fields.day), to: optional(fields.day) },
  inputExample: { from: '2030-01-01', to: '2030-01-31' },
  replies: [
    {
      status: 200,
      when: 'One entry for each day, oldest first.',
      schema: wholeList(usageOfDay),
      example: {
        ok: true,
        data: [
          {
            day: '2030-01-31',
            messages: { total: 120, delivered: 117, undelivered: 2, failed: 1 },
            activations: { total: 40, received: 36, cancelled: 3, expired: 1 },
            spent: '10.80',
          },
        ],
        next_cursor: null,
      },
    },
  ],
  errors: ['invalid_period'],
  async run({ ctx, partner, input }) {
    const data = await readUsage({ ctx, input: { partner, ...periodOf(input.from, input.to) } });
    return okAnswer({ data, next_cursor: null });
  },
});

/** Both days count; one alone is taken with as many beside it as are usual, today at the latest. */
function periodOf(from: Date | null, to: Date | null): { from: Date; until: Date } {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const last = to?.getTime() ?? (from ? Math.min(today, from.getTime() + (USUAL_DAYS - 1) * DAY_MS) : today);
  const first = from?.getTime() ?? last - (USUAL_DAYS - 1) * DAY_MS;
  const days = (last - first) / DAY_MS + 1;
  if (days < 1 || days > MOST_DAYS) throw badRequest('invalid_period', undefined, 'from');
  return { from: new Date(first), until: new Date(last + DAY_MS) };
}
