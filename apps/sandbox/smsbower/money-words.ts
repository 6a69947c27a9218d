import { formatMicros, type Micros } from '#libs/domain';

/** Dollars with as many decimals as needed and no more, as SMSBower prints them: 18.739, 0.01, 5. */
export function plainDollars(micros: Micros): string {
  return formatMicros(micros).replace(/\.?0+$/, '');
}

/** The same as a JSON number; at most six decimals, so it prints exactly. */
export function dollarNumber(micros: Micros): number {
  return Number(plainDollars(micros));
}
