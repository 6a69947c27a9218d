import { Type } from 'typebox';
import { listWalletEntries as list } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { money, time } from '../actions/shapes.ts';
import { format, toCsv, wantsCsv } from './csv.ts';
import { cursorField, encodeCursor, limit, pageAnswer, pageObject, USUAL_ROWS } from './page.ts';

const EXAMPLE = {
  id: '7',
  kind: 'hold',
  amount: '0.30',
  balance: '100.00',
  held: '0.30',
  available: '99.70',
  reason: 'rental',
  reference: null,
  activation_id: '12',
  created_at: '2030-01-31T09:00:00.000Z',
};

const COLUMNS = Object.keys(EXAMPLE);

const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

const entry = Type.Object({
  id: Type.String({ description: 'Counts the movements of this wallet without gaps.' }),
  kind: Type.String({
    description: 'credit and debit by the operator; hold, capture and release of a rental’s price.',
  }),
  amount: money('What was moved.'),
  balance: money('All that was owned after it.'),
  held: money('Set aside for running rentals after it.'),
  available: money('What could be spent after it.'),
  reason: Type.String(),
  reference: textOrNull('The operator’s own, where there is one.'),
  activation_id: textOrNull('The rental it was for.'),
  created_at: time('When it was booked.'),
});

export const listWalletEntries = defineAction({
  name: 'list-wallet-entries',
  method: 'GET',
  summary: 'Every movement of your wallet',
  description:
    'Newest first. With format=csv or Accept: text/csv the page comes as CSV, the columns named in the first line; ' +
    'the next page is in the Link header either way.',
  scope: 'wallet',
  input: {
    limit: optional(limit),
    cursor: optional(
      cursorField(([version = '', ...rest]) =>
        rest.length === 0 && /^\d{1,18}$/.test(version) ? BigInt(version) : null,
      ),
    ),
    format: optional(format),
  },
  inputExample: { limit: 50 },
  replies: [
    {
      status: 200,
      when: 'One page of them.',
      schema: pageObject(entry),
      example: { ok: true, data: [EXAMPLE], next_cursor: null },
      csv: true,
    },
  ],
  errors: ['invalid_limit', 'invalid_cursor', 'invalid_format', 'partner_user_not_configured'],
  async run({ ctx, partner, accept, input }) {
    const page = await list({
      ctx,
      input: { partner, limit: input.limit ?? USUAL_ROWS, before: input.cursor },
    });
    const nextCursor = page.next === null ? null : encodeCursor(page.next);
    if (!wantsCsv(input.format, accept)) return pageAnswer(page.entries, nextCursor);
    return {
      status: 200,
      body: toCsv(COLUMNS, page.entries),
      replayed: false,
      nextCursor,
      headers: { 'content-type': 'text/csv; charset=utf-8; header=present', vary: 'Accept' },
    };
  },
});
