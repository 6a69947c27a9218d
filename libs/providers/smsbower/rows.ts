/**
 * The entries of a list or a map. PHP writes an empty map as `[]`, and a map whose keys happen to be 0, 1, 2 … as a
 * list, so the position stands in for the key. Null for anything else.
 */
export function rowsOf(value: unknown): [string, unknown][] | null {
  return typeof value === 'object' && value !== null ? Object.entries(value) : null;
}

/** A country id: a whole number, 0 included, as number or string; null for `""`, null and the rest. */
export function readCountryId(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : null;
}

/** A short line of text for people, or null. */
export function readName(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = value.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
  return name === '' ? null : name.slice(0, 100);
}

export function readServiceCode(value: unknown): string | null {
  const code = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return /^[0-9A-Za-z_.-]{1,32}$/.test(code) ? code : null;
}
