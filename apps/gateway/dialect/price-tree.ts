import { type PriceRow, readPrices } from '#libs/services';
import type { DialectCall } from './action.ts';
import { countryOf, serviceOf } from './parameters.ts';

export type PriceTree = Record<string, Record<string, unknown>>;

/** Country, then service, then what `leaf` makes of its best price: the one that a purchase is made at. */
export async function priceTree(
  { ctx, partner, parameters }: DialectCall,
  leaf: (row: PriceRow, apiId: number) => unknown,
): Promise<PriceTree> {
  const input = { partner, service: serviceOf(parameters), country: countryOf(parameters), apiId: null };
  const { prices, api_id: apiId } = await readPrices({ ctx, input });
  const tree: PriceTree = {};
  for (const row of prices) {
    const country = tree[row.country] ?? {};
    country[row.service] = leaf(row, apiId);
    tree[row.country] = country;
  }
  return tree;
}
