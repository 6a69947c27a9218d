import type { Action } from './action.ts';
import { getBalance } from './get-balance.ts';
import { getCountries } from './get-countries.ts';
import { getNumber } from './get-number.ts';
import { getNumberV2 } from './get-number-v2.ts';
import { getOperators } from './get-operators.ts';
import { getPrices } from './get-prices.ts';
import { getPricesV2 } from './get-prices-v2.ts';
import { getPricesV3 } from './get-prices-v3.ts';
import { getServicesList } from './get-services-list.ts';
import { getStatus } from './get-status.ts';
import { getTopCountriesByService } from './get-top-countries-by-service.ts';
import { setStatus } from './set-status.ts';

/** All that the live service knows; any other name is BAD_ACTION, getActiveActivations too. */
export const ACTIONS: Record<string, Action> = {
  getBalance,
  getCountries,
  getNumber,
  getNumberV2,
  getOperators,
  getPrices,
  getPricesV2,
  getPricesV3,
  getServicesList,
  getStatus,
  getTopCountriesByService,
  setStatus,
};
