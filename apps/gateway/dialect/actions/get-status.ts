import type { DialectAction } from '../action.ts';
import { readRental, statusOf } from '../rental.ts';

export const getStatus: DialectAction = {
  name: 'getStatus',
  summary: 'STATUS_WAIT_CODE, STATUS_WAIT_RETRY:<last code>, STATUS_OK:<code> or STATUS_CANCEL.',
  readsStatus: true,
  run: async (call) => statusOf(await readRental(call)),
};
