import type { DialectAction } from '../action.ts';
import { priceTree } from '../price-tree.ts';

export const getPricesV3: DialectAction = {
  name: 'getPricesV3',
  summary: 'The same by provider row.',
  async run(call) {
    const json = await priceTree(call, ({ price, count }, apiId) => ({
      [apiId]: { count, price: Number(price), provider_id: apiId },
    }));
    return { json };
  },
};
