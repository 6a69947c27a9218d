import { type TProperties, type TSchema, Type } from 'typebox';
import { jsonReply } from '#libs/services';
import type { Answer } from '../actions/action.ts';
import { type Field, field } from '../actions/field.ts';
import { okObject } from '../actions/shapes.ts';

const MOST_ROWS = 100;
export const USUAL_ROWS = 20;

/** How many entries a page has; it is a query parameter, so digits count as a number. */
export const limit = field(
  'invalid_limit',
  Type.Union([Type.Integer({ minimum: 1, maximum: MOST_ROWS }), Type.String({ pattern: '^[0-9]{1,3}$' })], {
    description: `Entries on a page, 1 to ${MOST_ROWS} (default ${USUAL_ROWS}).`,
    examples: [50],
  }),
  (value) => (Number(value) >= 1 && Number(value) <= MOST_ROWS ? Number(value) : null),
);

/**
 * Where a page begins, as the page before it said. A cursor holds the key of the last row shown (keyset), so rows that
 * are added meanwhile move nothing. `read` returns null for what is no key of this list.
 */
export function cursorField<Position>(read: (parts: string[]) => Position | null): Field<Position> {
  return field(
    'invalid_cursor',
    Type.String({
      maxLength: 256,
      pattern: '^[A-Za-z0-9_-]+$',
      description: 'The next_cursor of the page before.',
    }),
    (value) => read(Buffer.from(value, 'base64url').toString('latin1').split(',')),
  );
}

export function encodeCursor(...parts: (string | number | bigint)[]): string {
  return Buffer.from(parts.join()).toString('base64url');
}

/** A page as text: `data`, `next_cursor`, and the Link header. `nextCursor` null: this is the last one. */
export function pageAnswer(data: unknown[], nextCursor: string | null): Answer {
  const reply = jsonReply(200, { ok: true, data, next_cursor: nextCursor });
  return { ...reply, replayed: false, nextCursor };
}

/** The schema of such a reply. */
export const pageObject = (entry: TSchema) =>
  okObject({
    data: Type.Array(entry),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Send it as cursor for the next page; null on the last one.',
    }),
  });

/** A list that is short enough to come at once, in the same shape. */
export const wholeList = <More extends TProperties>(entry: TSchema, more?: More) =>
  okObject({ data: Type.Array(entry), next_cursor: Type.Null({ description: 'It is all here.' }), ...more });
