import { formatMicros, type Micros, PublicError } from '#libs/domain';
import { type QuoteFacts, wantMirror } from '#libs/store';
import type { WaitingContext } from './context.ts';
import { MIRROR_MAX_AGE_SECONDS, type Mirrored, priceScope, readCold, readFresh } from './mirror.ts';
import { type Partner, requireMode } from './partner.ts';
import { noProvider, pickProvider } from './pick-provider.ts';
import { pricingBy } from './pricing.ts';
import { cheapestOffers, valueOrThrow } from './read-catalogue.ts';
import type { MirroredOffer } from './refresh-mirror.ts';

export interface QuoteInput {
  partner: Partner;
  userId: number;
  service: string;
  country: number;
  apiId: number | null;
  maxPriceMicros: Micros | null;
}

/** What a number is bought for and sold at. */
export interface PurchaseTerms {
  providerId: number;
  priceMicros: Micros;
  maxCostMicros: Micros;
}

/** Makes the quote from what was looked up, or throws why there is none. Waits when no fresh prices are there. */
export async function makeQuote(
  ctx: WaitingContext,
  input: QuoteInput,
  facts: QuoteFacts,
): Promise<PurchaseTerms> {
  const { userId, service, country } = input;
  requireMode(input.partner, facts.user);
  const providerId = await providerOf(ctx, input, facts);
  const offers = valueOrThrow(await readOffers(ctx, { ...input, providerId }, facts));
  const best = cheapestOffers(offers).find((offer) => offer.service === service && offer.country === country);
  if (!best) throw new PublicError('out_of_stock');
  const maxCostMicros = BigInt(best.costMicros);
  const priceMicros = pricingBy(ctx, facts.markupRules)(maxCostMicros, { userId, service, country });
  if (input.maxPriceMicros !== null && priceMicros > input.maxPriceMicros) {
    throw new PublicError('price_changed', { details: { current_price: formatMicros(priceMicros) } });
  }
  return { providerId, priceMicros, maxCostMicros };
}

/** Test mode has a provider row of its own, which nobody looks up on the way of real money. */
async function providerOf(ctx: WaitingContext, input: QuoteInput, facts: QuoteFacts): Promise<number> {
  if (input.partner.mode === 'test') return (await pickProvider(ctx, input.partner, input.apiId)).id;
  const { providerId, refusal } = facts;
  if (providerId === null) throw noProvider(ctx, input.apiId, facts.anyProvider);
  if (refusal) {
    throw new PublicError('provider_error', {
      message: refusal.message,
      retryAfterSeconds: Math.ceil(refusal.secondsLeft),
    });
  }
  return providerId;
}

async function readOffers(
  ctx: WaitingContext,
  sale: { providerId: number; userId: number; service: string; country: number; partner: Partner },
  { prices }: QuoteFacts,
): Promise<Mirrored<MirroredOffer[]>> {
  const key = { providerId: sale.providerId, kind: 'prices', scope: priceScope(sale) } as const;
  if (sale.partner.mode === 'test') return readFresh<MirroredOffer[]>(ctx, key, sale.userId);
  if (prices?.ageSeconds == null || prices.ageSeconds > MIRROR_MAX_AGE_SECONDS.prices) {
    return readCold<MirroredOffer[]>(ctx, key);
  }
  if (!prices.wanted) await wantMirror(ctx.db, key);
  return prices.payload as Mirrored<MirroredOffer[]>;
}
