import { type Country, formatMicros, PublicError, type Service } from '#libs/domain';
import type { WaitingContext } from './context.ts';
import { MIRROR_MAX_AGE_SECONDS, type Mirrored, priceScope, readFresh } from './mirror.ts';
import { type Partner, requireScope } from './partner.ts';
import { pickProvider } from './pick-provider.ts';
import { loadPricing, type PriceOf } from './pricing.ts';
import type { MirroredOffer } from './refresh-mirror.ts';

export interface CatalogueInput {
  partner: Partner;
  apiId: number | null;
}

/** Our balance at the provider, at most 30 s old. */
export async function readProviderBalance({ ctx, input }: { ctx: WaitingContext; input: CatalogueInput }) {
  requireScope(input.partner, 'read');
  const provider = await pickProvider(ctx, input.partner, input.apiId);
  const balance = await readFresh<string>(ctx, { providerId: provider.id, kind: 'balance', scope: '' });
  return { smsbower_balance: valueOrThrow(balance), api_id: provider.id };
}

export async function readCountries({ ctx, input }: { ctx: WaitingContext; input: CatalogueInput }) {
  requireScope(input.partner, 'read');
  const provider = await pickProvider(ctx, input.partner, input.apiId);
  const countries = await readFresh<Country[]>(ctx, {
    providerId: provider.id,
    kind: 'countries',
    scope: '',
  });
  return { countries: valueOrThrow(countries), api_id: provider.id };
}

export async function readServices({ ctx, input }: { ctx: WaitingContext; input: CatalogueInput }) {
  requireScope(input.partner, 'read');
  const provider = await pickProvider(ctx, input.partner, input.apiId);
  const services = await readFresh<Service[]>(ctx, { providerId: provider.id, kind: 'services', scope: '' });
  return { services: valueOrThrow(services), api_id: provider.id };
}

export interface PriceRow {
  service: string;
  country: number;
  /** What the partner pays at best, dollars. */
  price: string;
  /** Numbers in stock at that price. */
  count: number;
}

/** Best price and its stock for each service and country asked for; pairs without stock are left out. */
export async function readPrices({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: CatalogueInput & { service: string | null; country: number | null };
}) {
  requireScope(input.partner, 'read');
  const provider = await pickProvider(ctx, input.partner, input.apiId);
  const scope = priceScope({
    ...(input.service === null ? {} : { service: input.service }),
    ...(input.country === null ? {} : { country: input.country }),
  });
  const offers = valueOrThrow(
    await readFresh<MirroredOffer[]>(
      ctx,
      { providerId: provider.id, kind: 'prices', scope },
      input.partner.userId,
    ),
  );
  const prices = bestPrices(offers, await loadPricing(ctx), input.partner.userId);
  return {
    prices,
    upstream_action: 'getPricesV3',
    api_id: provider.id,
    max_age_seconds: MIRROR_MAX_AGE_SECONDS.prices,
  };
}

/** The value, or the error that names the parameter the provider does not know. */
export function valueOrThrow<Value>(mirrored: Mirrored<Value>): Value {
  if (mirrored.kind === 'ok') return mirrored.value;
  throw new PublicError(mirrored.parameter === 'service' ? 'invalid_service' : 'invalid_country');
}

export function cheapestOffers(offers: MirroredOffer[]): MirroredOffer[] {
  const best = new Map<string, MirroredOffer>();
  for (const offer of offers) {
    const pair = `${offer.country}:${offer.service}`;
    const known = best.get(pair);
    if (offer.count > 0 && (!known || BigInt(offer.costMicros) < BigInt(known.costMicros)))
      best.set(pair, offer);
  }
  return [...best.values()];
}

function bestPrices(offers: MirroredOffer[], priceOf: PriceOf, userId: number | null): PriceRow[] {
  return cheapestOffers(offers).map((offer) => ({
    service: offer.service,
    country: offer.country,
    price: formatMicros(
      priceOf(BigInt(offer.costMicros), { userId, service: offer.service, country: offer.country }),
    ),
    count: offer.count,
  }));
}
