import { Type } from 'typebox';
import { time, timeOrNull } from '../actions/shapes.ts';

const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

export const KEY_FIELDS = {
  id: Type.String({ description: 'A part of the key itself.' }),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  last_four: textOrNull('The last characters of the key; null for one made before they were kept.'),
  test: Type.Boolean({ description: 'A key of test mode.' }),
  state: Type.Union(['live', 'revoked', 'expired'].map((word) => Type.Literal(word))),
  created_at: time('When it was made.'),
  expires_at: timeOrNull('When it ends.'),
  last_used_at: timeOrNull('To the minute.'),
  replaced_by: textOrNull('The id of the key that took its place.'),
};

export const key = Type.Object(KEY_FIELDS);

export const KEY_EXAMPLE = {
  id: '0a1b2c3d4e5f',
  name: 'shop',
  scopes: ['send', 'rent', 'read', 'wallet'],
  last_four: '9f3c',
  test: false,
  state: 'live',
  created_at: '2030-01-01T09:00:00.000Z',
  expires_at: null,
  last_used_at: '2030-01-31T09:00:00.000Z',
  replaced_by: null,
};
