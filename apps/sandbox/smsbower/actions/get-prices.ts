import type { Answer } from '../../core/reply.ts';
import type { Offer } from '../catalogue/catalogue.ts';
import { dollarNumber } from '../money-words.ts';
import type { ActionInput } from './action.ts';
import { badSelection, priceTable, selectOffers } from './price-table.ts';

/** `cost` is the price of the partner with the lowest id, not the cheapest; `count` is the stock of all. */
export function getPrices({ ctx, query }: ActionInput): Answer {
  const selection = selectOffers(ctx, query);
  if ('unknown' in selection) return badSelection(selection.unknown);
  return priceTable(selection.offers, (offers) => ({ cost: firstPrice(offers), count: stockOf(offers) }));
}

function firstPrice(offers: Offer[]): number {
  return dollarNumber(offers[0]?.priceMicros ?? 0n);
}

function stockOf(offers: Offer[]): number {
  return offers.reduce((sum, { count }) => sum + count, 0);
}
