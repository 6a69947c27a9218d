import { Type } from 'typebox';
import { field } from '../actions/field.ts';

export const format = field(
  'invalid_format',
  Type.Union([Type.Literal('json'), Type.Literal('csv')], {
    description: 'json or csv; without it, what the header Accept asks for.',
    examples: ['csv'],
  }),
  (value) => value,
);

/** A request for CSV: by `format`, else by `Accept: text/csv`. */
export function wantsCsv(asked: 'json' | 'csv' | null, accept: string): boolean {
  return asked === null ? /(?:^|[\s,])text\/csv(?:[\s,;]|$)/i.test(accept) : asked === 'csv';
}

/** RFC 4180, with the columns as its first line. Texts that a spreadsheet would take for a formula get an apostrophe. */
export function toCsv(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const lines = rows.map((row) => columns.map((column) => cellOf(row[column])).join());
  return `${[columns.join(), ...lines].join('\r\n')}\r\n`;
}

function cellOf(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
