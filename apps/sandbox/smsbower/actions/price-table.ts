import type { SandboxContext } from '../../core/context.ts';
import { type Answer, json } from '../../core/reply.ts';
import type { Offer } from '../catalogue/catalogue.ts';
import { findCountry } from '../catalogue/countries.ts';
import { findService } from '../catalogue/services.ts';
import { parameter, type Query } from '../query.ts';

/** Which offers a price call is about, or which of its parameters is not known. */
export type Selection = { offers: Offer[] } | { unknown: 'service' | 'country' };

export function selectOffers(ctx: SandboxContext, query: Query): Selection {
  const service = parameter(query, 'service');
  const country = parameter(query, 'country');
  if (service !== null && !findService(service)) return { unknown: 'service' };
  if (country !== null && !findCountry(country)) return { unknown: 'country' };
  return { offers: ctx.catalogue.inStock(country, service) };
}

/** `{country: {service: cell}}`; nothing at all is `[]`, as PHP prints it. */
export function priceTable(offers: Offer[], cell: (offers: Offer[]) => unknown): Answer {
  if (offers.length === 0) return json([]);
  const byCountry = grouped(offers, ({ countryKey }) => countryKey);
  const table = mapValues(byCountry, (all) =>
    mapValues(
      grouped(all, ({ service }) => service),
      cell,
    ),
  );
  return json(table);
}

/** The dialect of getPrices and getPricesV2. */
export function badSelection(unknown: 'service' | 'country'): Answer {
  return json({ error: unknown === 'service' ? 'Bad service' : 'Bad country' });
}

function grouped(offers: Offer[], keyOf: (offer: Offer) => string): Record<string, Offer[]> {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const group = groups.get(keyOf(offer));
    if (group) group.push(offer);
    else groups.set(keyOf(offer), [offer]);
  }
  return Object.fromEntries(groups);
}

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
