import { Type } from 'typebox';
import { rotateKey as rotate } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import { okObject, time } from '../actions/shapes.ts';
import { asCreated } from './created.ts';
import * as fields from './fields.ts';
import { KEY_EXAMPLE, KEY_FIELDS } from './key-shape.ts';

const USUAL_HOURS = 24;

export const rotateKey = defineAction({
  name: 'rotate-key',
  method: 'POST',
  summary: 'Replace this API key by a new one',
  description:
    'The new key may all that the old one may, and its secret is shown here and never again. The old key works on for ' +
    'overlap_hours. A key can replace only itself, and needs no scope for it. With an Idempotency-Key a lost reply can ' +
    'be asked for again.',
  scope: null,
  input: { id: fields.keyId, overlap_hours: optional(fields.overlapHours) },
  inputExample: { id: KEY_EXAMPLE.id, overlap_hours: 48 },
  replies: [
    {
      status: 201,
      when: 'The new key.',
      schema: okObject({
        ...KEY_FIELDS,
        secret: Type.String({ description: 'The key itself: store it now.' }),
        replaces: Type.String({ description: 'The id of the old key.' }),
        old_key_ends_at: time('Until then both work.'),
      }),
      example: {
        ok: true,
        ...KEY_EXAMPLE,
        id: '6f5e4d3c2b1a',
        last_used_at: null,
        secret: 'smsx_live_6f5e4d3c2b1a_…',
        replaces: KEY_EXAMPLE.id,
        old_key_ends_at: '2030-02-02T09:00:00.000Z',
      },
    },
  ],
  errors: ['invalid_overlap_hours', 'key_not_found', 'key_not_yours', 'key_already_replaced'],
  async run({ ctx, partner, requestId, idempotency, input }) {
    const overlapSeconds = (input.overlap_hours ?? USUAL_HOURS) * 3_600;
    const reply = await rotate({
      ctx,
      input: { partner, requestId, idempotency, id: input.id, overlapSeconds },
    });
    return asCreated(reply, '/v1/keys');
  },
});
