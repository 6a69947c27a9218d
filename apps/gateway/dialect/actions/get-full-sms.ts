import type { DialectAction } from '../action.ts';
import { readRental, statusOf } from '../rental.ts';

export const getFullSms: DialectAction = {
  name: 'getFullSms',
  summary: 'FULL_SMS:<text> of the last SMS (its code where only that is known), else what getStatus says.',
  readsStatus: true,
  async run(call) {
    const rental = await readRental(call);
    const status = statusOf(rental);
    const text = rental.messages?.at(-1)?.text?.trim();
    return status.token === 'STATUS_OK' ? { token: 'FULL_SMS', value: text || (status.value ?? '') } : status;
  },
};
