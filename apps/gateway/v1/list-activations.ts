import { listActivations as list } from '#libs/services';
import { defineAction } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { activationStatus } from '../actions/shapes.ts';
import { STATUS_EXAMPLE } from '../actions/status.ts';
import * as fields from './fields.ts';
import { cursorField, encodeCursor, limit, pageAnswer, pageObject, USUAL_ROWS } from './page.ts';

const MOST_ID = 2 ** 31 - 1;

const cursor = cursorField(([id = '', ...rest]) =>
  rest.length === 0 && /^\d{1,10}$/.test(id) && Number(id) <= MOST_ID ? Number(id) : null,
);

export const listActivations = defineAction({
  name: 'list-activations',
  method: 'GET',
  summary: 'Your rentals',
  description: 'Newest first, each as GET /v1/activations/{id} tells it; the filters narrow together.',
  scope: 'read',
  input: {
    limit: optional(limit),
    cursor: optional(cursor),
    status: optional(fields.activationStatus),
    service: optional(fields.service),
    country: optional(fields.country),
    client_ref: optional(classic.clientRef),
    created_after: optional(fields.createdAfter),
    created_before: optional(fields.createdBefore),
  },
  inputExample: { status: 'waiting', limit: 50 },
  replies: [
    {
      status: 200,
      when: 'One page of them.',
      schema: pageObject(activationStatus),
      example: { ok: true, data: [STATUS_EXAMPLE], next_cursor: null },
    },
  ],
  errors: [
    'invalid_limit',
    'invalid_cursor',
    'invalid_status',
    'invalid_service',
    'invalid_country',
    'invalid_client_ref',
    'invalid_created_after',
    'invalid_created_before',
    'partner_user_not_configured',
  ],
  async run({ ctx, partner, input }) {
    const { activations, next } = await list({
      ctx,
      input: {
        partner,
        limit: input.limit ?? USUAL_ROWS,
        beforeId: input.cursor,
        status: input.status,
        service: input.service,
        country: input.country,
        clientRef: input.client_ref,
        createdFrom: input.created_after,
        createdBefore: input.created_before,
      },
    });
    return pageAnswer(activations, next === null ? null : encodeCursor(next));
  },
});
