import { formatMicros } from '#libs/domain';
import { createHttpClient, type HttpResult } from '#libs/platform';
import type { NumberProvider } from '../port.ts';
import { createSafeText } from '../safe-text.ts';
import { parseBalance } from './parse-balance.ts';
import { COMMAND_STATUS, type Command, parseCommand } from './parse-command.ts';
import { parseCountries } from './parse-countries.ts';
import { parseOffers } from './parse-offers.ts';
import { parsePurchase } from './parse-purchase.ts';
import { parseRead } from './parse-read.ts';
import { parseServices } from './parse-services.ts';
import { parseStatus } from './parse-status.ts';

export interface SmsbowerConfig {
  /** The full `…/stubs/handler_api.php`. */
  apiUrl: string;
  apiKey: string;
  timeouts?: SmsbowerTimeouts;
}

export interface SmsbowerTimeouts {
  /** Default 2 000. */
  connectMs?: number;
  /** A purchase asks its own partners first; default 30 000. */
  purchaseMs?: number;
  /** Every other call, and every body; default 10 000. */
  readMs?: number;
}

const RAW_LIMIT = 200;
const BODY_LIMIT_BYTES = 1_000_000;
/** All prices of all countries are the largest reply by far. */
const CATALOGUE_LIMIT_BYTES = 64_000_000;

/** Rented numbers over the SMSBower dialect of the SMS-Activate handler API. GET only: POST is answered by 405. */
export function createSmsbowerProvider({ apiUrl, apiKey, timeouts = {} }: SmsbowerConfig): NumberProvider {
  const readMs = timeouts.readMs ?? 10_000;
  const http = createHttpClient({
    connectTimeoutMs: timeouts.connectMs ?? 2_000,
    headersTimeoutMs: readMs,
    bodyTimeoutMs: readMs,
    bodyLimitBytes: BODY_LIMIT_BYTES,
  });
  const safe = createSafeText([apiKey], RAW_LIMIT);
  const account = requestUrl(apiUrl, { api_key: apiKey });
  const call = (action: string, parameters: Record<string, string> = {}, options = {}): Promise<HttpResult> =>
    http.request({
      method: 'GET',
      url: `${account}&${new URLSearchParams({ action, ...parameters })}`,
      ...options,
    });
  const command = async (name: Command, id: string) =>
    parseCommand(name, await call('setStatus', { id, status: COMMAND_STATUS[name] }), safe);
  const catalogue = { bodyLimitBytes: CATALOGUE_LIMIT_BYTES };

  return {
    async buy({ service, country, maxPriceMicros }) {
      const order = { service, country: String(country), maxPrice: formatMicros(maxPriceMicros) };
      const once = { freshConnection: true, headersTimeoutMs: timeouts.purchaseMs ?? 30_000 };
      const outcome = parsePurchase(await call('getNumberV2', order, once), safe);
      // The only answer that proves both that nothing was bought and that the older action may know better.
      if (outcome.kind !== 'rejected' || outcome.code !== 'BAD_ACTION') return outcome;
      return parsePurchase(await call('getNumber', order, once), safe);
    },
    status: async (id) => parseStatus(await call('getStatus', { id }), safe),
    cancel: (id) => command('cancel', id),
    requestAnotherCode: (id) => command('requestAnotherCode', id),
    finish: (id) => command('finish', id),
    balance: async () => parseRead(await call('getBalance'), parseBalance, safe),
    countries: async () => parseRead(await call('getCountries', {}, catalogue), parseCountries, safe),
    services: async () => parseRead(await call('getServicesList', {}, catalogue), parseServices, safe),
    async offers({ service, country }) {
      const filter = {
        ...(service === undefined ? {} : { service }),
        ...(country === undefined ? {} : { country: String(country) }),
      };
      return parseRead(await call('getPricesV3', filter, catalogue), parseOffers, safe);
    },
    close: () => http.close(),
  };
}

function requestUrl(apiUrl: string, parameters: Record<string, string>): string {
  const url = new URL(apiUrl);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  url.hash = '';
  return url.href;
}
