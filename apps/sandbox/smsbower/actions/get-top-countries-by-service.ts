import type { SandboxContext } from '../../core/context.ts';
import { type Answer, json } from '../../core/reply.ts';
import { GOLD_PARTNERS } from '../catalogue/catalogue.ts';
import { COUNTRIES, type CountryRow, countryKey } from '../catalogue/countries.ts';
import { findService } from '../catalogue/services.ts';
import { dollarNumber } from '../money-words.ts';
import { parameter } from '../query.ts';
import type { ActionInput } from './action.ts';

const FIRST = ['united-states', 'canada', 'indonesia', 'united-kingdom', 'india'];

/** Ten countries by slug. The order of the keys is the ranking, of the partners inside too. */
export function getTopCountriesByService({ ctx, query }: ActionInput): Answer {
  const service = findService(parameter(query, 'service') ?? '');
  if (!service) return json({ error: 'BAD_SERVICE' });
  const rows = ranked().map((country): [string, string] => [
    country.slug,
    partnersOf(ctx, country, service.code),
  ]);
  return { ...json(null), body: orderedObject(rows) };
}

function ranked(): CountryRow[] {
  const rank = ({ slug }: CountryRow): number => (FIRST.includes(slug) ? FIRST.indexOf(slug) : FIRST.length);
  return COUNTRIES.filter(({ id }) => id !== null)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, 10);
}

function partnersOf(ctx: SandboxContext, country: CountryRow, service: string): string {
  const offers = ctx.catalogue.inStock(countryKey(country), service);
  const gold = GOLD_PARTNERS.flatMap((id) => offers.filter(({ providerId }) => providerId === id));
  return orderedObject(
    gold.map(({ providerId, priceMicros, count }) => [
      String(providerId),
      JSON.stringify({ price: dollarNumber(priceMicros), count }),
    ]),
  );
}

/** JSON.stringify would sort keys that look like numbers. */
function orderedObject(members: [key: string, json: string][]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}
