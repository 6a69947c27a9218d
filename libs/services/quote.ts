import { formatMicros, type Micros, PublicError, parseMicros } from '#libs/domain';
import { equalInConstantTime } from '#libs/platform';
import { readServerFacts } from '#libs/store';
import type { ServiceContext, WaitingContext } from './context.ts';
import type { Partner } from './partner.ts';
import { readPrices } from './read-catalogue.ts';

/** How long a price is promised: long enough to show it to a person, shorter than prices stay true. */
export const QUOTE_SECONDS = 45;

export interface Quote {
  service: string;
  country: number;
  apiId: number;
  priceMicros: Micros;
  expiresAtMs: number;
}

const TOKEN = /^([A-Za-z0-9_-]{1,32})\.(\d{1,10})\.(\d{1,10})\.(\d{1,15})\.(\d{13})\.([A-Za-z0-9_-]{32})$/;

/** The present price of one service and country, as a token that holds it for its partner for a while. */
export async function createQuote({
  ctx,
  input: { partner, service, country, apiId },
}: {
  ctx: WaitingContext;
  input: { partner: Partner; service: string; country: number; apiId: number | null };
}) {
  const found = await readPrices({ ctx, input: { partner, service, country, apiId } });
  const best = found.prices.find((price) => price.service === service && price.country === country);
  const priceMicros = best ? parseMicros(best.price) : null;
  if (!best || priceMicros === null) throw new PublicError('out_of_stock');
  const { nowMs } = await readServerFacts(ctx.db);
  const expiresAtMs = Math.floor(nowMs) + QUOTE_SECONDS * 1_000;
  const quote = { service, country, apiId: found.api_id, priceMicros, expiresAtMs };
  return {
    id: formatQuote(ctx, partner, quote),
    service,
    country,
    api_id: quote.apiId,
    price: formatMicros(priceMicros),
    stock: best.count,
    valid_seconds: QUOTE_SECONDS,
    expires_at: new Date(expiresAtMs).toISOString(),
  };
}

/**
 * What a token promises its partner. Throws `invalid_quote_id` for one that this partner was not given, and
 * `quote_expired` by the database's clock unless `expired` is allowed.
 */
export async function readQuote(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  partner: Partner,
  token: string,
  { expired }: { expired: boolean },
): Promise<Quote> {
  const [, service = '', country, apiId, price = '', expiresAt] = TOKEN.exec(token) ?? [];
  const quote = {
    service,
    country: Number(country),
    apiId: Number(apiId),
    priceMicros: price === '' ? 0n : BigInt(price),
    expiresAtMs: Number(expiresAt),
  };
  const given = Buffer.from(token);
  if (service === '' || !equalInConstantTime(Buffer.from(formatQuote(ctx, partner, quote)), given)) {
    throw new PublicError('invalid_quote_id', { param: 'quote_id' });
  }
  if (!expired && (await readServerFacts(ctx.db)).nowMs >= quote.expiresAtMs) {
    throw new PublicError('quote_expired', { param: 'quote_id' });
  }
  return quote;
}

function formatQuote(ctx: Pick<ServiceContext, 'vault'>, partner: Partner, quote: Quote): string {
  const { service, country, apiId, priceMicros, expiresAtMs } = quote;
  const promise = [service, country, apiId, priceMicros, expiresAtMs].join('.');
  const seal = ctx.vault.sign('quote', `${partner.owner} ${promise}`).subarray(0, 24).toString('base64url');
  return `${promise}.${seal}`;
}
