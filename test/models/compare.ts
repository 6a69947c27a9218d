import { sqlState } from '#libs/platform';

/** What a call returned, or with which SQLSTATE it was refused. */
export async function resultOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return plain(await run());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return { thrown: sqlState(error) ?? code ?? String(error) };
  }
}

/** Dates as milliseconds, bytes as hex, rows in the order of their ids, columns that the mirror leaves out away. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Set) return [...value].sort();
  if (Array.isArray(value)) return value.map(plain).sort(byText);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !NOT_MIRRORED.has(key))
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

const NOT_MIRRORED = new Set([
  ...['updatedAt', 'unusableRaw', 'clientRef', 'callbackUrl', 'apiKey', 'adoptedAt'],
  // Of entries in suspense: when, by whom and how each was decided.
  ...['openedAt', 'resolvedAt', 'resolution', 'resolvedBy', 'note'],
]);

const byText = (a: unknown, b: unknown): number => {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

function keyOf(value: unknown): string {
  return value !== null && typeof value === 'object' && 'id' in value
    ? String(value.id)
    : JSON.stringify(value);
}

/** Of what the SQL has, the mirror must have each column with the same value; it may have more. */
export function requireSame(what: string, real: unknown, mirrored: unknown): void {
  const difference = differenceOf(real, mirrored, '');
  if (difference !== null) throw new Error(`${what}: ${difference}`);
}

function differenceOf(real: unknown, mirrored: unknown, path: string): string | null {
  if (real === null || typeof real !== 'object' || mirrored === null || typeof mirrored !== 'object') {
    return real === mirrored
      ? null
      : `${path} is ${JSON.stringify(real)} in SQL, ${JSON.stringify(mirrored)} here`;
  }
  if (Array.isArray(real) && Array.isArray(mirrored) && real.length !== mirrored.length) {
    return `${path} has ${real.length} in SQL, ${mirrored.length} here`;
  }
  for (const [key, value] of Object.entries(real)) {
    const found = differenceOf(value, (mirrored as Record<string, unknown>)[key], `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
