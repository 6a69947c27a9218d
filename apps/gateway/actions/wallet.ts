import { Type } from 'typebox';
import { readWallet } from '#libs/services';
import { defineAction, okAnswer } from './action.ts';
import { money, okObject } from './shapes.ts';

export const wallet = defineAction({
  name: 'wallet',
  method: 'GET',
  summary: 'Your wallet on this platform',
  description:
    'balance is all that you own, held is set aside for running rentals, available is the difference.',
  scope: 'wallet',
  input: {},
  inputExample: {},
  replies: [
    {
      status: 200,
      when: 'The wallet.',
      schema: okObject({
        user_id: Type.Integer({ minimum: 1 }),
        currency: Type.Literal('USD'),
        balance: money('All that is owned.'),
        held: money('Set aside for running rentals.'),
        available: money('What can be spent.'),
      }),
      example: { ok: true, user_id: 1, currency: 'USD', balance: '100.00', held: '0.30', available: '99.70' },
    },
  ],
  errors: ['partner_user_not_configured'],
  async run({ ctx, partner }) {
    return okAnswer(await readWallet({ ctx, input: { partner } }));
  },
});
