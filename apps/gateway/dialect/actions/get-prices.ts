import type { DialectAction } from '../action.ts';
import { priceTree } from '../price-tree.ts';

export const getPrices: DialectAction = {
  name: 'getPrices',
  summary: 'The best price and its stock by country and service, as JSON. Takes service, country.',
  async run(call) {
    const json = await priceTree(call, ({ price, count }) => ({
      cost: Number(price),
      count,
      physicalCount: count,
    }));
    return { json };
  },
};
