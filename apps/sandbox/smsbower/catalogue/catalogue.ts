import type { Micros } from '#libs/domain';
import type { SandboxState } from '../../core/state.ts';
import { COUNTRIES, countryKey } from './countries.ts';
import { SERVICES } from './services.ts';

/** What one partner of SMSBower sells: one price, one stock, for one service in one country. */
export interface Offer {
  /** `''` for the row without an id. */
  countryKey: string;
  service: string;
  providerId: number;
  priceMicros: Micros;
  count: number;
}

export interface Catalogue {
  /** Offers in stock, by partner; a null filter means all. Sold-out offers are not listed. */
  inStock(countryKey: string | null, service: string | null): Offer[];
  /** The offers of one pair, sold out or not. */
  offersOf(countryKey: string, service: string): Offer[];
  change(offer: Offer, change: Partial<Pick<Offer, 'priceMicros' | 'count'>>): void;
}

/**
 * Five partners. The one with the lowest id is dear: `getPrices` quotes it, so that its `cost` is not the minimum,
 * as live. Two of equal price make one bucket of `getPricesV2`.
 */
const PARTNERS = [
  { id: 2263, percent: 380, stock: 98 },
  { id: 2295, percent: 102, stock: 157 },
  { id: 3027, percent: 102, stock: 640 },
  { id: 3170, percent: 112, stock: 1000 },
  { id: 3237, percent: 100, stock: 22 },
] as const;

/** Gold partners, best-selling first. */
export const GOLD_PARTNERS: readonly number[] = [3170, 2295];

export function createCatalogue(changed: SandboxState['changedOffers']): Catalogue {
  const pairs = new Map<string, Offer[]>();
  for (const country of COUNTRIES) {
    for (const { code, levelPercent } of SERVICES) {
      const key = countryKey(country);
      const offers = PARTNERS.map((partner) => makeOffer(key, code, levelPercent, partner));
      for (const offer of offers) Object.assign(offer, changed.get(offerKey(offer)));
      pairs.set(`${key}/${code}`, offers);
    }
  }
  const offersOf = (country: string, service: string): Offer[] => pairs.get(`${country}/${service}`) ?? [];
  return {
    offersOf,
    inStock(country, service) {
      const countries = country === null ? COUNTRIES.map(countryKey) : [country];
      const services = service === null ? SERVICES.map(({ code }) => code) : [service];
      const all = countries.flatMap((key) => services.flatMap((code) => offersOf(key, code)));
      return all.filter(({ count }) => count > 0);
    },
    change(offer, change) {
      Object.assign(offer, change);
      changed.set(offerKey(offer), { priceMicros: offer.priceMicros, count: offer.count });
    },
  };
}

function makeOffer(
  key: string,
  service: string,
  levelPercent: number,
  partner: (typeof PARTNERS)[number],
): Offer {
  const spread = spreadOf(`${key}/${service}`);
  // Whole thousandths of a dollar, between 0.02 and about 5.
  const baseThousandths = Math.max(20, Math.round((levelPercent * (120 + spread * 2)) / 100));
  return {
    countryKey: key,
    service,
    providerId: partner.id,
    priceMicros: BigInt(Math.round((baseThousandths * partner.percent) / 100)) * 1000n,
    count: partner.stock + (spread % 50),
  };
}

function offerKey({ countryKey, service, providerId }: Offer): string {
  return `${countryKey}/${service}/${providerId}`;
}

/** A number from 0 to 199 that looks random and is always the same for the same text. */
function spreadOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 100_003;
  return hash % 200;
}
