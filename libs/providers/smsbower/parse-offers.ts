import { type Offer, parseMicros } from '#libs/domain';
import { asObject } from '../json.ts';
import type { Reply } from './reply.ts';
import { readCountryId, readServiceCode, rowsOf } from './rows.ts';

/**
 * getPricesV3: country ⇒ service ⇒ provider ⇒ `{price, count}`. One offer per distinct price, counts summed, cheapest
 * first; without stock skipped. Unusable rows are skipped; null when there are rows and none is usable.
 */
export function parseOffers(reply: Reply): Offer[] | null {
  return reply.kind === 'json' ? readRows(reply.value, readCountry) : null;
}

function readCountry(key: string, services: unknown): Offer[] | null {
  const country = readCountryId(key);
  return country === null
    ? null
    : readRows(services, (code, providers) => readService(country, code, providers));
}

function readService(country: number, code: string, providers: unknown): Offer[] | null {
  const service = readServiceCode(code);
  const rows = service === null ? null : readRows(providers, readStock);
  if (service === null || !rows) return null;
  const stock = new Map<bigint, number>();
  for (const { costMicros, count } of rows) {
    if (count > 0) stock.set(costMicros, (stock.get(costMicros) ?? 0) + count);
  }
  const cheapestFirst = [...stock].sort(([a], [b]) => (a < b ? -1 : 1));
  return cheapestFirst.map(([costMicros, count]) => ({ service, country, costMicros, count }));
}

interface Stock {
  costMicros: bigint;
  count: number;
}

/** A price of nothing is an error of the list, not a gift. */
function readStock(_provider: string, row: unknown): Stock[] | null {
  const fields = asObject(row);
  const costMicros = parseMicros(fields?.price, 'up');
  const count = /^\d{1,9}$/.test(String(fields?.count)) ? Number(fields?.count) : null;
  return costMicros === null || costMicros <= 0n || count === null ? null : [{ costMicros, count }];
}

/** All that can be read of a list or map; null when it has rows and none can be. */
function readRows<Item>(value: unknown, read: (key: string, row: unknown) => Item[] | null): Item[] | null {
  const rows = rowsOf(value);
  if (!rows) return null;
  const readable = rows.map(([key, row]) => read(key, row)).filter((items) => items !== null);
  return readable.length > 0 || rows.length === 0 ? readable.flat() : null;
}
