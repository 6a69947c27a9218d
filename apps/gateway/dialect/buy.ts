import { type ErrorCode, type Micros, PublicError, parseMicros } from '#libs/domain';
import { type OrderOutcome, type RentedNumber, rentOrder } from '#libs/services';
import type { DialectCall, DialectReply } from './action.ts';
import { countryOf, given, maxPriceOf, serviceOf } from './parameters.ts';
import { TOKEN_OF_ERROR } from './tokens.ts';

/** Nothing was bought, and another time or country may do better. */
const NO_STOCK = new Set<ErrorCode>([
  'out_of_stock',
  'price_changed',
  'provider_error',
  'provider_unavailable',
  'virtual_numbers_not_configured',
  'already_cancelled',
]);

/** What getNumber and getNumberV2 share: they differ in how a number is `shown`. */
export async function buy(
  call: DialectCall,
  shown: (number: RentedNumber) => DialectReply,
): Promise<DialectReply> {
  const { ctx, partner, requestId, parameters, callerHasGone } = call;
  const service = serviceOf(parameters);
  const country = countryOf(parameters);
  if (service === null) throw new PublicError('invalid_service');
  // No default country: a purchase is not guessed at.
  if (country === null) throw new PublicError('invalid_country');
  const maxPriceMicros = maxPriceOf(parameters);
  const orderId = given(parameters, 'orderId');
  const input = { partner, requestId, service, country, maxPriceMicros, orderId, callerHasGone };
  const outcome = await rentOrder({ ctx, input }).catch(refusalOf);
  switch (outcome.kind) {
    case 'rented':
      return { ...shown(outcome.number), ids: { activation_id: outcome.number.id } };
    case 'order_exists':
      return { token: 'ORDER_ALREADY_EXISTS' };
    case 'no_number':
      return { token: 'NO_NUMBERS', ids: { activation_id: outcome.activationId } };
    case 'refused':
      return refusedReply(outcome, maxPriceMicros);
  }
}

type Refusal = Extract<OrderOutcome, { kind: 'refused' }>;

/** The price of today is told to those who named one: whoever named none only has to ask again. */
function refusedReply(
  { error, currentPrice, activationId }: Refusal,
  maxPriceMicros: Micros | null,
): DialectReply {
  const ids = activationId === null ? {} : { ids: { activation_id: activationId } };
  const price = parseMicros(currentPrice);
  if (currentPrice !== null && price !== null && maxPriceMicros !== null && price > maxPriceMicros) {
    return { token: 'WRONG_MAX_PRICE', value: currentPrice, ...ids };
  }
  return { token: NO_STOCK.has(error) ? 'NO_NUMBERS' : (TOKEN_OF_ERROR[error] ?? 'ERROR_SQL'), ...ids };
}

/** Refused before there was a row. */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof PublicError) || !NO_STOCK.has(error.code)) throw error;
  const { current_price: price } = error.details;
  const currentPrice = typeof price === 'string' ? price : null;
  return { kind: 'refused', activationId: null, error: error.code, currentPrice };
}
