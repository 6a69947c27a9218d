import { type PriceRow, readPrices } from '#libs/services';
import type { DialectAction } from '../action.ts';
import { given, serviceOf } from '../parameters.ts';

const MOST = 10;

export const getTopCountriesByService: DialectAction = {
  name: 'getTopCountriesByService',
  summary:
    'The ten cheapest countries of a service (of each, without one), as JSON. Takes service, freePrice.',
  async run({ ctx, partner, parameters }) {
    const service = serviceOf(parameters);
    const withMap = ['true', '1'].includes(given(parameters, 'freePrice') ?? '');
    const { prices } = await readPrices({ ctx, input: { partner, service, country: null, apiId: null } });
    if (service !== null) return { json: rank(prices, withMap) };
    const services = [...new Set(prices.map((row) => row.service))];
    const ranked = services.map((code) => [
      code,
      rank(
        prices.filter((row) => row.service === code),
        withMap,
      ),
    ]);
    return { json: Object.fromEntries(ranked) };
  },
};

/** Cheapest first, keyed by rank; of equals the one with more numbers. */
function rank(prices: PriceRow[], withMap: boolean): Record<string, unknown> {
  const sorted = [...prices].sort((a, b) => Number(a.price) - Number(b.price) || b.count - a.count);
  return { ...sorted.slice(0, MOST).map((row) => present(row, withMap)) };
}

function present({ country, count, price }: PriceRow, withMap: boolean) {
  const cost = Number(price);
  return {
    country,
    count,
    price: cost,
    retail_price: cost,
    ...(withMap ? { freePriceMap: { [price]: count } } : {}),
  };
}
