import { Type } from 'typebox';
import { estimateMessage } from '#libs/services';
import { defineAction, okAnswer } from '../actions/action.ts';
import { optional } from '../actions/field.ts';
import * as classic from '../actions/fields.ts';
import { okObject } from '../actions/shapes.ts';
import { smsSend } from '../actions/sms-send.ts';
import { asCreated } from './created.ts';
import * as fields from './fields.ts';

const [accepted] = smsSend.replies;
if (!accepted) throw new Error('sms-send has a documented reply');

export const sendMessage = defineAction({
  name: 'send-message',
  method: 'POST',
  summary: smsSend.summary,
  description:
    'The message is safe from the moment of the reply: it is sent once, or reported failed with a reason. ' +
    'With Prefer: wait=N (at most 20 seconds) the reply carries the state reached by then. ' +
    'With dry_run nothing is sent or kept: the reply says what the text would take.',
  scope: 'send',
  input: {
    to: classic.to,
    message: classic.message,
    reference: optional(classic.reference),
    callback_url: optional(classic.callbackUrl),
    validity_seconds: optional(classic.validitySeconds),
    send_at: optional(classic.sendAt),
    dry_run: optional(fields.dryRun),
  },
  inputExample: { to: '+15551234567', message: 'Your verification code is 123456', reference: 'order-1009' },
  prefersWait: true,
  replies: [
    { ...accepted, status: 201, when: 'Accepted. Location says where to ask what became of it.' },
    {
      status: 200,
      when: 'With dry_run: what the text would take.',
      schema: okObject({
        dry_run: Type.Literal(true),
        segments: Type.Integer({ minimum: 1, description: 'SMS segments the text needs.' }),
        encoding: Type.Union([Type.Literal('gsm7'), Type.Literal('ucs2')]),
      }),
      example: { ok: true, dry_run: true, segments: 1, encoding: 'gsm7' },
    },
  ],
  errors: ['invalid_dry_run', ...smsSend.errors],
  async run(call) {
    const { partner, input } = call;
    if (input.dry_run) {
      return okAnswer({ dry_run: true, ...estimateMessage({ input: { partner, message: input.message } }) });
    }
    const answer = await smsSend.run(call);
    const id = answer.ids?.message_id;
    return asCreated(answer, id === undefined ? null : `/v1/messages/${id}`);
  },
});
