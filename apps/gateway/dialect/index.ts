import type { DialectAction } from './action.ts';
import { getActiveActivations } from './actions/get-active-activations.ts';
import { getBalance } from './actions/get-balance.ts';
import { getBalanceAndCashBack } from './actions/get-balance-and-cash-back.ts';
import { getCountries } from './actions/get-countries.ts';
import { getFullSms } from './actions/get-full-sms.ts';
import { getNumber } from './actions/get-number.ts';
import { getNumberV2 } from './actions/get-number-v2.ts';
import { getNumbersStatus } from './actions/get-numbers-status.ts';
import { getPrices } from './actions/get-prices.ts';
import { getPricesV2 } from './actions/get-prices-v2.ts';
import { getPricesV3 } from './actions/get-prices-v3.ts';
import { getServicesList } from './actions/get-services-list.ts';
import { getStatus } from './actions/get-status.ts';
import { getStatusV2 } from './actions/get-status-v2.ts';
import { getTopCountriesByService } from './actions/get-top-countries-by-service.ts';
import { setStatus } from './actions/set-status.ts';

export const DIALECT_PATH = '/stubs/handler_api.php';

/** All that the dialect can do, by the name in `action`, in the order the documentation shows it. */
export const DIALECT_ACTIONS: ReadonlyMap<string, DialectAction> = new Map(
  [
    getBalance,
    getBalanceAndCashBack,
    getNumber,
    getNumberV2,
    getStatus,
    getStatusV2,
    getFullSms,
    setStatus,
    getActiveActivations,
    getPrices,
    getPricesV2,
    getPricesV3,
    getNumbersStatus,
    getTopCountriesByService,
    getServicesList,
    getCountries,
  ].map((action) => [action.name, action]),
);
