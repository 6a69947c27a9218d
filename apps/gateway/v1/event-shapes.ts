import { Type } from 'typebox';
import { EVENT_TYPES } from '#libs/domain';
import type { FeedPlace } from '#libs/store';
import { field } from '../actions/field.ts';
import { time } from '../actions/shapes.ts';
import { encodeCursor } from './page.ts';

export const types = field(
  'invalid_types',
  Type.String({
    maxLength: 1_024,
    description: `Only these, separated by commas: ${EVENT_TYPES.join(', ')}.`,
    examples: ['message.delivered,message.failed'],
  }),
  (value) => {
    const wanted = [...new Set(value.split(',').map((type) => type.trim()))];
    return wanted.every((type) => EVENT_TYPES.some((known) => known === type)) ? wanted : null;
  },
);

export const after = field(
  'invalid_after',
  Type.String({
    maxLength: 256,
    pattern: '^[A-Za-z0-9_-]+$',
    description:
      'Where to read on: next_cursor of an earlier reply, or the id of a stream’s event. latest: behind all that ' +
      'has happened up to now.',
    examples: ['latest'],
  }),
  (value) => (value === 'latest' ? value : readPlace(value)),
);

export const encodePlace = ({ position, id }: FeedPlace): string => encodeCursor(position, id);

export function readPlace(value: string): FeedPlace | null {
  const [, position, id] =
    /^(\d{1,18}),(\d{1,19})$/.exec(Buffer.from(value, 'base64url').toString('latin1')) ?? [];
  if (position === undefined || id === undefined || BigInt(id) > MOST_ID) return null;
  return { position: BigInt(position), id: BigInt(id) };
}

const MOST_ID = 2n ** 63n - 1n;

export const event = Type.Object({
  id: Type.String({ pattern: '^evt_', description: 'The same as webhook-id at every endpoint.' }),
  type: Type.Union(EVENT_TYPES.map((type) => Type.Literal(type))),
  created_at: time('When it happened.'),
  data: Type.Union([Type.Object({}), Type.Null()], {
    description:
      'The message, rental or webhook endpoint as it is now, which may be further on; null when it is there no more.',
  }),
});

export const EVENT_EXAMPLE = {
  id: 'evt_48213',
  type: 'message.delivered',
  created_at: '2030-01-31T09:00:02.000Z',
  data: { id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11', status: 'delivered', to: '+15551234567' },
};
