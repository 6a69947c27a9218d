import { type Answer, json } from '../../core/reply.ts';
import { COUNTRIES, countryKey } from '../catalogue/countries.ts';

/** An object by id; ids are strings, but one row has an empty key and the id null. */
export function getCountries(): Answer {
  const rows = COUNTRIES.map((country) => {
    const id = country.id === null ? null : String(country.id);
    return [countryKey(country), { id, rus: country.rus, eng: country.eng, chn: country.chn }];
  });
  return json(Object.fromEntries(rows));
}
