/** An RFC 3339 time with zone, or null for anything else. */
export function readTime(value: string): Date | null {
  const [, year, month, day] =
    /^(\d{4})-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(value) ?? [];
  // Date.parse moves the 31st of February to March.
  const daysInMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (day === undefined || Number(day) > daysInMonth) return null;
  const atMs = Date.parse(value.replace(' ', 'T').toUpperCase());
  return Number.isNaN(atMs) ? null : new Date(atMs);
}
