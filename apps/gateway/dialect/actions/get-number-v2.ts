import type { DialectAction } from '../action.ts';
import { buy } from '../buy.ts';
import { digitsOf, wallTime } from '../rental.ts';

/** Strings throughout: clients of typed languages were built on that. */
export const getNumberV2: DialectAction = {
  name: 'getNumberV2',
  summary: 'As getNumber, as JSON with the price.',
  run: (call) =>
    buy(call, ({ id, phone, price, country, rentedAt, expiresAt }) => ({
      json: {
        activationId: String(id),
        phoneNumber: digitsOf(phone),
        activationCost: price,
        countryCode: String(country),
        canGetAnotherSms: '1',
        activationTime: wallTime(rentedAt.toISOString()),
        ...(expiresAt ? { activationEndTime: wallTime(expiresAt.toISOString()) } : {}),
        activationOperator: 'any',
      },
    })),
};
