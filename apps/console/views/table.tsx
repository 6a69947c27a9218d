import type { ComponentChildren, VNode } from 'preact';

export interface Column<Row> {
  title: string;
  /** Numbers and money stand on the right. */
  right?: boolean;
  cell: (row: Row) => ComponentChildren;
}

/** A table that becomes cards on a narrow screen. `empty` says how rows come to be. */
export function Table<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string | number;
  empty: ComponentChildren;
}): VNode {
  const { caption, columns, rows, keyOf, empty } = props;
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <table>
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
