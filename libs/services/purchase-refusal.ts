import { type ActivationReason, type Micros, type Offer, parseMicros, type Rejected } from '#libs/domain';
import type { ActivationRow } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { loadPricing } from './pricing.ts';

export interface PurchaseRefusal {
  reason: ActivationReason;
  message: string;
  currentPriceMicros: Micros | null;
}

export interface RefusedPurchase {
  activation: ActivationRow;
  /** Offers read after a refusal for lack of stock; null when not known. */
  offers: Offer[] | null;
}

/** Why a purchase was refused, in a partner's terms: no stock, a new price, a wrong parameter, or the provider's words. */
export async function refusalOf(
  ctx: ServiceContext,
  input: RefusedPurchase,
  refused: Rejected,
): Promise<PurchaseRefusal> {
  const refusal = (reason: ActivationReason, currentPriceMicros: Micros | null = null): PurchaseRefusal => ({
    reason,
    message: refused.message,
    currentPriceMicros,
  });
  switch (refused.reason) {
    case 'out_of_stock':
    case 'price_too_low': {
      const current = await currentPrice(ctx, input, refused);
      return current === null ? refusal('out_of_stock') : refusal('price_changed', current);
    }
    case 'no_upstream_balance':
      // Our account at the provider is empty: the operator is told, the partner sees no stock.
      ctx.log.error({ event: 'provider.balance_empty', provider_id: input.activation.providerId });
      return refusal('out_of_stock');
    case 'bad_service':
      return refusal('invalid_service');
    case 'bad_country':
      return refusal('invalid_country');
    default:
      return refusal('provider_error');
  }
}

/** What the partner would have to pay now, when that is more than was quoted. */
async function currentPrice(
  ctx: ServiceContext,
  input: RefusedPurchase,
  refused: Rejected,
): Promise<Micros | null> {
  const { activation, offers } = input;
  const named = parseMicros(refused.code?.split(':')[1] ?? '', 'up');
  const costs = (offers ?? [])
    .filter(
      (offer) =>
        offer.service === activation.service && offer.country === activation.country && offer.count > 0,
    )
    .map((offer) => offer.costMicros);
  const cost =
    named ??
    costs.reduce<Micros | null>((least, next) => (least === null || next < least ? next : least), null);
  if (cost === null || cost <= activation.maxCostMicros) return null;
  return (await loadPricing(ctx))(cost, activation);
}
