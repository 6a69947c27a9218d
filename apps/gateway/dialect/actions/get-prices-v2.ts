import type { DialectAction } from '../action.ts';
import { priceTree } from '../price-tree.ts';

/** One price for each pair: a purchase is made at the best one, so no other would be true. */
export const getPricesV2: DialectAction = {
  name: 'getPricesV2',
  summary: 'The same as {"<price>":<stock>}.',
  run: async (call) => ({ json: await priceTree(call, ({ price, count }) => ({ [price]: count })) }),
};
