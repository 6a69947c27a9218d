import type { Rejected } from '#libs/domain';

/**
 * The refusals that prove that nothing was bought. Anything else (`ERROR_SQL`, `SERVER_ERROR`, a name not listed)
 * proves nothing.
 */
const REFUSALS = new Map<string, Pick<Rejected, 'scope' | 'reason'>>([
  ['NO_NUMBERS', { scope: 'request', reason: 'out_of_stock' }],
  ['NOT_AVAILABLE', { scope: 'request', reason: 'out_of_stock' }],
  ['WHATSAPP_NOT_AVAILABLE', { scope: 'request', reason: 'out_of_stock' }],
  ['SERVICE_UNAVAILABLE_REGION', { scope: 'request', reason: 'out_of_stock' }],
  ['NO_BALANCE', { scope: 'request', reason: 'no_upstream_balance' }],
  ['NO_MONEY', { scope: 'request', reason: 'no_upstream_balance' }],
  ['WRONG_MAX_PRICE', { scope: 'request', reason: 'price_too_low' }],
  ['MAX_PRICE_EXCEEDED', { scope: 'request', reason: 'price_too_low' }],
  ['BAD_SERVICE', { scope: 'request', reason: 'bad_service' }],
  ['WRONG_SERVICE', { scope: 'request', reason: 'bad_service' }],
  ['BAD_COUNTRY', { scope: 'request', reason: 'bad_country' }],
  ['WRONG_COUNTRY', { scope: 'request', reason: 'bad_country' }],
  ['WRONG_EXCEPTION_PHONE', { scope: 'request', reason: 'other' }],
  ['CHANNELS_LIMIT', { scope: 'request', reason: 'account_limit' }],
  ['TOO_MANY_ACTIVE_RENTALS', { scope: 'request', reason: 'account_limit' }],
  ['BAD_KEY', { scope: 'account', reason: 'credentials' }],
  ['NO_KEY', { scope: 'account', reason: 'credentials' }],
  ['ACCOUNT_INACTIVE', { scope: 'account', reason: 'account_suspended' }],
  ['BANNED', { scope: 'account', reason: 'account_suspended' }],
  ['BAD_ACTION', { scope: 'account', reason: 'other' }],
]);

export function refusalOf(name: string): Pick<Rejected, 'scope' | 'reason'> | null {
  return REFUSALS.get(name) ?? null;
}
