import type { DialectAction } from '../action.ts';
import { buy } from '../buy.ts';
import { digitsOf } from '../rental.ts';

export const getNumber: DialectAction = {
  name: 'getNumber',
  summary: 'ACCESS_NUMBER:<id>:<phone>. Takes service, country, maxPrice, orderId.',
  run: (call) =>
    buy(call, ({ id, phone }) => ({ token: 'ACCESS_NUMBER', value: `${id}:${digitsOf(phone)}` })),
};
