import type { Country } from '#libs/domain';
import { asObject } from '../json.ts';
import type { Reply } from './reply.ts';
import { readCountryId, readName, rowsOf } from './rows.ts';

/**
 * getCountries: a list of `{id, eng, rus, chn}` or a map of them by id, ids as numbers or strings; one real row has
 * the key `""` and no id. Unusable rows are skipped; null when there are rows and none is usable.
 */
export function parseCountries(reply: Reply): Country[] | null {
  const rows = reply.kind === 'json' ? rowsOf(asObject(reply.value)?.countries ?? reply.value) : null;
  if (!rows) return null;
  const countries = new Map<number, Country>();
  for (const [, row] of rows) {
    const country = readCountry(row);
    if (country) countries.set(country.id, country);
  }
  return countries.size > 0 || rows.length === 0 ? [...countries.values()] : null;
}

function readCountry(row: unknown): Country | null {
  const fields = asObject(row);
  const id = readCountryId(fields?.id);
  if (!fields || id === null) return null;
  const name = readName(fields.eng) ?? readName(fields.name) ?? readName(fields.rus) ?? readName(fields.chn);
  return { id, name: name ?? `Country ${id}` };
}
