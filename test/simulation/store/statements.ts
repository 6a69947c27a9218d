import type { Queryable } from '#libs/platform';
import type * as store from '#libs/store';
import type { Tables } from './tables.ts';

type Store = typeof store;

/** A plain argument, as opposed to an object of named ones, is called `first`. A list of objects comes by columns. */
type Named<Argument> = Argument extends readonly (infer Row extends object)[]
  ? { [Column in keyof Row]: Row[Column][] }
  : Argument extends readonly unknown[] | string | number
    ? { first: Argument }
    : NonNullable<Argument>;

type InputOf<Function> = Function extends (db: Queryable, a: infer A, b: infer B) => unknown
  ? unknown extends B
    ? Named<A>
    : Named<A> & Named<B>
  : never;

/**
 * What the statement inside a function of libs/store does, under that function's own name and with its own arguments.
 * Returns the rows it selects, or one element for each row it changes.
 */
export type Statements = {
  [Name in keyof Store]?: (tables: Tables, input: InputOf<Store[Name]>) => object[];
} & {
  /** The second statement of a function: its arguments are columns that the first returned. */
  [Name in keyof Store as `${Name}:2`]?: (tables: Tables, input: RowOf<Store[Name]>) => object[];
};

type RowOf<Function> = Function extends (...parts: never[]) => Promise<infer Row> ? NonNullable<Row> : never;

/** At most `limit` of those that fit, least first, as `ORDER BY … LIMIT` picks them. */
export function leastFirst<Row>(
  rows: Iterable<Row>,
  limit: number,
  fits: (row: Row) => boolean,
  order: (row: Row) => number | null,
): Row[] {
  const found: Row[] = [];
  for (const row of rows) if (fits(row)) found.push(row);
  if (found.length > 1) found.sort((a, b) => (order(a) ?? 0) - (order(b) ?? 0));
  return found.length > limit ? found.slice(0, limit) : found;
}

/** What comes by columns, by rows. */
export function rowsOf<Row extends object>(columns: { [Name in keyof Row]: Row[Name][] }): Row[] {
  const named = Object.entries(columns) as [string, unknown[]][];
  return (named[0]?.[1] ?? []).map((_value, index) => {
    return Object.fromEntries(named.map(([name, values]) => [name, values[index]])) as Row;
  });
}
