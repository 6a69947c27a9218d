import { getCountries, getCountryCallingCode, isPossiblePhoneNumber, Metadata } from 'libphonenumber-js';
import { E164 } from '#libs/domain';

/** Null when it can be dialled, else what is wrong. Possible is enough: carriers know which numbers are given out. */
export function phoneProblem(value: string): string | null {
  if (!E164.test(value)) {
    return 'to must be a phone number in E.164 form: a plus sign, country code and number, digits only, for example "+15551234567".';
  }
  if (!fitsItsCountry(value) && !isPossiblePhoneNumber(value))
    return 'to is not a possible phone number: it is too short or too long for its country.';
  return null;
}

/** Nearly every number is judged by its length alone. To parse each took an eighth of the CPU of accepting a message. */
function fitsItsCountry(value: string): boolean {
  for (let digits = 1; digits <= 3; digits += 1) {
    const lengths = LENGTHS.get(value.slice(1, 1 + digits));
    // No calling code begins with another.
    if (lengths) return lengths.has(value.length - 1 - digits);
  }
  return false;
}

/** Possible lengths behind each calling code, of all countries that share it. */
const LENGTHS = readLengths();

function readLengths(): Map<string, Set<number>> {
  const all = new Map<string, Set<number>>();
  const metadata = new Metadata();
  for (const country of getCountries()) {
    metadata.selectNumberingPlan(country);
    const lengths = all.get(getCountryCallingCode(country)) ?? new Set();
    for (const length of metadata.numberingPlan?.possibleLengths() ?? []) lengths.add(length);
    all.set(getCountryCallingCode(country), lengths);
  }
  return all;
}
