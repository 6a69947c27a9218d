import { type Micros, PublicError } from '#libs/domain';
import type { WaitingContext } from './context.ts';
import { type Quote, readQuote } from './quote.ts';
import { type RentNumberInput, rentNumber } from './rent-number.ts';
import { findRepeat, idempotencyClaim, type Reply } from './reply.ts';

/**
 * Rents for at most what was quoted: the quote is a ceiling, so a lower price of today is paid, and a higher one refused
 * with `price_changed`. A repeat with its Idempotency-Key is answered also when the quote has expired since.
 */
export async function rentByQuote({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: RentNumberInput & { quoteId: string };
}): Promise<Reply> {
  const { quoteId, ...request } = input;
  const repeated = (await findRepeat(ctx, idempotencyClaim(request, 'rent_number'))) !== null;
  const quote = await readQuote(ctx, request.partner, quoteId, { expired: repeated });
  requireMatch(request, quote);
  return rentNumber({
    ctx,
    input: {
      ...request,
      apiId: quote.apiId,
      maxPriceMicros: lower(request.maxPriceMicros, quote.priceMicros),
    },
  });
}

function requireMatch({ service, country, apiId }: RentNumberInput, quote: Quote): void {
  if (service === quote.service && country === quote.country && (apiId ?? quote.apiId) === quote.apiId)
    return;
  throw new PublicError('invalid_quote_id', {
    message: 'quote_id is of another service, country or provider row than this request.',
    param: 'quote_id',
  });
}

function lower(asked: Micros | null, quoted: Micros): Micros {
  return asked !== null && asked < quoted ? asked : quoted;
}
