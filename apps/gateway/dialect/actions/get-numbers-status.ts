import { readPrices, readServices } from '#libs/services';
import type { DialectAction } from '../action.ts';
import { countryOf } from '../parameters.ts';

/** Every service is there, also without stock: clients look theirs up and fail without it. `_0`: no forwarding. */
export const getNumbersStatus: DialectAction = {
  name: 'getNumbersStatus',
  summary: 'How many numbers each service has, as JSON {"tg_0":12}. Takes country; without it, in all.',
  async run({ ctx, partner, parameters }) {
    const country = countryOf(parameters);
    const [{ services }, { prices }] = await Promise.all([
      readServices({ ctx, input: { partner, apiId: null } }),
      readPrices({ ctx, input: { partner, service: null, country, apiId: null } }),
    ]);
    const counts: Record<string, number> = Object.fromEntries(services.map(({ code }) => [`${code}_0`, 0]));
    for (const { service, count } of prices) counts[`${service}_0`] = (counts[`${service}_0`] ?? 0) + count;
    return { json: counts };
  },
};
