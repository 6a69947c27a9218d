/** A request's query as PHP reads it: of a repeated parameter the last counts, and an empty one is as if absent. */
export type Query = Record<string, string | string[] | undefined>;

export function parameter(query: Query, name: string): string | null {
  const value = query[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined || last === '' ? null : last;
}

export function listParameter(query: Query, name: string): string[] {
  return (parameter(query, name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
