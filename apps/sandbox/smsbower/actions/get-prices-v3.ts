import { type Answer, text } from '../../core/reply.ts';
import type { Offer } from '../catalogue/catalogue.ts';
import { dollarNumber } from '../money-words.ts';
import { listParameter } from '../query.ts';
import type { ActionInput } from './action.ts';
import { priceTable, selectOffers } from './price-table.ts';

/** Partner by partner; its errors are plain words, unlike those of the first two. */
export function getPricesV3({ ctx, query }: ActionInput): Answer {
  const selection = selectOffers(ctx, query);
  if ('unknown' in selection) return text(selection.unknown === 'service' ? 'BAD_SERVICE' : 'BAD_COUNTRY');
  const only = listParameter(query, 'providerIds');
  const offers = selection.offers.filter(
    ({ providerId }) => only.length === 0 || only.includes(String(providerId)),
  );
  return priceTable(offers, byPartner);
}

function byPartner(offers: Offer[]): Record<string, unknown> {
  return Object.fromEntries(
    offers.map(({ providerId, priceMicros, count }) => [
      String(providerId),
      { count, price: dollarNumber(priceMicros), provider_id: providerId },
    ]),
  );
}
