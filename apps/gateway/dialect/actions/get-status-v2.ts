import type { DialectAction } from '../action.ts';
import { readRental, wallTime } from '../rental.ts';

/** A rental without an SMS, waiting or over, has `sms: null`; getStatus tells the two apart. */
export const getStatusV2: DialectAction = {
  name: 'getStatusV2',
  summary: 'The last SMS as JSON: code, text and time.',
  readsStatus: true,
  async run(call) {
    const last = (await readRental(call)).messages?.at(-1);
    const sms = last && {
      dateTime: wallTime(last.received_at),
      code: last.code ?? '',
      text: last.text ?? '',
    };
    return { json: { verificationType: 0, sms: sms ?? null, call: null } };
  },
};
