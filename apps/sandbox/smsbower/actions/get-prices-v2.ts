import type { Answer } from '../../core/reply.ts';
import type { Offer } from '../catalogue/catalogue.ts';
import { plainDollars } from '../money-words.ts';
import type { ActionInput } from './action.ts';
import { badSelection, priceTable, selectOffers } from './price-table.ts';

/** Price ⇒ stock at exactly that price, cheapest first. */
export function getPricesV2({ ctx, query }: ActionInput): Answer {
  const selection = selectOffers(ctx, query);
  return 'unknown' in selection ? badSelection(selection.unknown) : priceTable(selection.offers, buckets);
}

function buckets(offers: Offer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { priceMicros, count } of [...offers].sort((a, b) => Number(a.priceMicros - b.priceMicros))) {
    const price = plainDollars(priceMicros);
    counts[price] = (counts[price] ?? 0) + count;
  }
  return counts;
}
