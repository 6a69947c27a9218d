import { readWallet } from '#libs/services';
import type { DialectAction } from '../action.ts';

export const getBalance: DialectAction = {
  name: 'getBalance',
  summary: 'ACCESS_BALANCE:<what can be spent, US dollars>.',
  async run({ ctx, partner }) {
    const { available } = await readWallet({ ctx, input: { partner } });
    return { token: 'ACCESS_BALANCE', value: available };
  },
};
