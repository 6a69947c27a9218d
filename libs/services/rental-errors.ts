import { formatMicros, PublicError } from '#libs/domain';
import type { ActivationRow } from '#libs/store';

/** Why a rental never got its number, as the error its caller sees. */
export function refusalError(row: ActivationRow): PublicError {
  const id = { activation_id: String(row.id) };
  const message = row.reasonMessage ?? undefined;
  switch (row.reason) {
    case 'price_changed':
      return new PublicError('price_changed', {
        details: {
          ...id,
          ...(row.currentPriceMicros === null ? {} : { current_price: formatMicros(row.currentPriceMicros) }),
        },
      });
    case 'out_of_stock':
    case 'invalid_service':
    case 'invalid_country':
      return new PublicError(row.reason, { details: id });
    case 'provider_error':
      return new PublicError('provider_error', { ...(message ? { message } : {}), details: id });
    case 'requested':
      return new PublicError('already_cancelled', { details: id });
    default:
      return new PublicError('provider_unavailable', {
        ...(message ? { message } : {}),
        details: id,
        retryAfterSeconds: 5,
      });
  }
}
