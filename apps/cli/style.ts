/** Emphasis for people; every function returns its text unchanged where colour is not wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

export interface Column {
  title: string;
  align?: 'left' | 'right';
  paint?: (cell: string) => string;
}

/** `stream` decides: colour only on a terminal that has it and without NO_COLOR, which Node looks up itself. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  const colour = stream.isTTY === true && stream.hasColors();
  const paint = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bold: paint(1), dim: paint(2), good: paint(32), warn: paint(33), bad: paint(31) };
}

/** Aligned columns with a title line; the last column is not padded. */
export function table(style: Style, columns: Column[], rows: string[][]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)),
  );
  const line = (row: string[], paintAll?: (text: string) => string) =>
    columns
      .map(({ align, paint }, i) => {
        const text = row[i] ?? '';
        const width = i === columns.length - 1 && align !== 'right' ? 0 : (widths[i] ?? 0);
        const padding = ' '.repeat(Math.max(0, width - text.length));
        const painted = (paintAll ?? paint ?? ((plain: string) => plain))(text);
        return align === 'right' ? padding + painted : painted + padding;
      })
      .join('  ')
      .trimEnd();
  const titles = line(
    columns.map(({ title }) => title),
    style.dim,
  );
  return [titles, ...cells.map((row) => line(row))].join('\n');
}

/** `name  value` lines, the names aligned. */
export function facts(style: Style, entries: [name: string, value: string][]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${printable(value)}`).join('\n');
}

/** `2030-01-31 09:00:00 UTC`, or a dash. */
export function moment(date: Date | null): string {
  return date ? `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC` : '–';
}

/** Names come from outside: control characters must not steer the reader's terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
}
