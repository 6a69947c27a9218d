import type { ComponentChildren, VNode } from 'preact';

export interface Column<Row> {
  title: string;
  /** Numbers and money stand on the right. */
  right?: boolean;
  cell: (row: Row) => ComponentChildren;
}

/** Becomes cards on a narrow screen unless it is `narrow` itself. `empty` says how rows come to be. */
export function Table<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string | number;
  empty: ComponentChildren;
  narrow?: boolean;
}): VNode {
  const { caption, columns, rows, keyOf, empty, narrow } = props;
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <table class={narrow ? undefined : 'cards'}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, right }) => (
            <th key={title} scope="col" class={right ? 'right' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, right, cell }) => (
              <td key={title} data-label={title} class={right ? 'right' : undefined}>
                <span>{cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
