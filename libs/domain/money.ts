/** Money in integer micro-dollars (1 USD = 1 000 000 micros). Never a float. */
export type Micros = bigint;

const MICROS_PER_USD = 1_000_000n;
const DECIMAL = /^(-)?(\d{1,12})(?:\.(\d{1,18}))?$/;

/**
 * Reads a decimal string or JSON number of dollars. Digits beyond the sixth decimal are rounded up when
 * `round` is `up` (a cost must never be understated) and refused otherwise. Returns null for anything else.
 */
export function parseMicros(value: unknown, round: 'exact' | 'up' = 'exact'): Micros | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const match = DECIMAL.exec(plainDecimal(value));
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const rest = fraction.slice(6);
  const excess = /[1-9]/.test(rest);
  if (excess && round === 'exact') return null;
  const micros = BigInt(whole) * MICROS_PER_USD + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  const rounded = excess && !sign ? micros + 1n : micros;
  return sign ? -rounded : rounded;
}

/** Formats micros as dollars with two to six decimals: `300000n` ⇒ `"0.30"`, `1234n` ⇒ `"0.001234"`. */
export function formatMicros(micros: Micros): string {
  const sign = micros < 0n ? '-' : '';
  const absolute = micros < 0n ? -micros : micros;
  const fraction = String(absolute % MICROS_PER_USD).padStart(6, '0');
  return `${sign}${absolute / MICROS_PER_USD}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}

/** Adds a markup to a cost, rounded up to the next micro. `markupMillipercent` 12 500 means 12.5 %. */
export function addMarkup(costMicros: Micros, markupMillipercent: bigint): Micros {
  const scaled = costMicros * (100_000n + markupMillipercent);
  return (scaled + 99_999n) / 100_000n;
}

/** Percent as a decimal string (`"12.5"`) to thousandths of a percent, or null when malformed or negative. */
export function parseMillipercent(value: string): bigint | null {
  const match = /^(\d{1,6})(?:\.(\d{1,3}))?$/.exec(value.trim());
  if (!match) return null;
  return BigInt(match[1] ?? '0') * 1000n + BigInt((match[2] ?? '').padEnd(3, '0'));
}

/** JSON numbers below 1e-6 print in exponent form; write them out. */
function plainDecimal(value: string | number): string {
  if (typeof value === 'string') return value.trim();
  if (!Number.isFinite(value)) return '';
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(18).replace(/\.?0+$/, '') : text;
}
