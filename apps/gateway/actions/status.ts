import { waitForStatus } from '#libs/services';
import { defineAction } from './action.ts';
import { optional } from './field.ts';
import * as fields from './fields.ts';
import { activationStatus } from './shapes.ts';

export const STATUS_EXAMPLE = {
  ok: true,
  activation_id: '12',
  status: 'received',
  phone: '+919876543210',
  otp: '482913',
  messages: [{ code: '482913', text: null, received_at: '2030-01-31T09:00:40.000Z' }],
  service: 'tg',
  country: 22,
  price: '0.30',
  settlement: 'captured',
  api_id: 1,
  client_ref: null,
  created_at: '2030-01-31T09:00:00.000Z',
  expires_at: '2030-01-31T09:20:00.000Z',
  earliest_cancel_at: '2030-01-31T09:02:00.000Z',
};

export const status = defineAction({
  name: 'status',
  method: 'GET',
  summary: 'The state of a rental, and its code',
  description:
    'waiting, received (with otp), cancelled (with reason), or unknown (with raw, the provider’s last words, cut ' +
    'to 200 characters; it passes by itself). Ask as often as your rate limit allows: it costs the provider nothing. ' +
    'With wait=N the reply comes as soon as it is no longer waiting, and after N seconds at the latest.',
  scope: 'read',
  input: { id: fields.activationId, wait: optional(fields.wait) },
  inputExample: { id: 12 },
  cachedById: true,
  replies: [{ status: 200, when: 'The rental.', schema: activationStatus, example: STATUS_EXAMPLE }],
  errors: ['invalid_id', 'invalid_wait', 'activation_not_found', 'partner_user_not_configured'],
  async run({ ctx, partner, input }) {
    const body = await waitForStatus({ ctx, input: { partner, id: input.id, seconds: input.wait ?? 0 } });
    return { status: 200, body, replayed: false, ids: { activation_id: input.id } };
  },
});
