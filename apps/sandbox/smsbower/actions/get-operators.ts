import { type Answer, json } from '../../core/reply.ts';
import { COUNTRIES, countryKey, findCountry } from '../catalogue/countries.ts';
import { parameter } from '../query.ts';
import type { ActionInput } from './action.ts';

export function getOperators({ query }: ActionInput): Answer {
  const wanted = parameter(query, 'country');
  const country = wanted === null ? undefined : findCountry(wanted);
  if (wanted !== null && !country) return json({ status: 'success', countryOperators: [] });
  const rows = country ? [country] : COUNTRIES.filter(({ id }) => id !== null);
  return json({
    status: 'success',
    countryOperators: Object.fromEntries(rows.map((row) => [countryKey(row), row.operators])),
  });
}
