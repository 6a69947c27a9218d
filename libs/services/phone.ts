import { isPossiblePhoneNumber } from 'libphonenumber-js';
import { E164 } from '#libs/domain';

/** Null when it can be dialled, else what is wrong. Possible is enough: carriers know which numbers are given out. */
export function phoneProblem(value: string): string | null {
  if (!E164.test(value)) {
    return 'to must be a phone number in E.164 form: a plus sign, country code and number, digits only, for example "+15551234567".';
  }
  if (!isPossiblePhoneNumber(value))
    return 'to is not a possible phone number: it is too short or too long for its country.';
  return null;
}
