import type { DialectAction } from '../action.ts';
import { getBalance } from './get-balance.ts';

/** There is no cashback here, so it is the balance. */
export const getBalanceAndCashBack: DialectAction = {
  ...getBalance,
  name: 'getBalanceAndCashBack',
  summary: 'As getBalance.',
};
