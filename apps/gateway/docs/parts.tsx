import type { ComponentChildren, VNode } from 'preact';

/** A topic: the explanation, and beside it (below it on narrow screens) its examples. */
export function Section(props: {
  id: string;
  title: ComponentChildren;
  examples?: ComponentChildren;
  level?: 2 | 3;
  children: ComponentChildren;
}): VNode {
  const Heading = props.level === 3 ? 'h3' : 'h2';
  return (
    <section id={props.id} class={props.examples ? 'pair' : 'wide'}>
      <div class="prose">
        <Heading>
          {props.title}{' '}
          <a class="anchor" href={`#${props.id}`} aria-label="Link to this section">
            #
          </a>
        </Heading>
        {props.children}
      </div>
      {props.examples && <div class="examples">{props.examples}</div>}
    </section>
  );
}

/** Code to be read and copied; the button is added by the script. */
export function Example({ title, code, status }: { title: string; code: string; status?: number }): VNode {
  return (
    <figure class="example">
      <figcaption>
        <span>{title}</span>
        {status !== undefined && <span class={status < 400 ? 'status' : 'status bad'}>{status}</span>}
      </figcaption>
      <pre>
        <code>{code}</code>
      </pre>
    </figure>
  );
}

export function Json({ title, value, status }: { title: string; value: unknown; status?: number }): VNode {
  const code = JSON.stringify(value, null, 2);
  return <Example title={title} code={code} {...(status === undefined ? {} : { status })} />;
}

/** A table whose cells carry their column's name, so that a narrow screen can stack them. */
export function Table(props: {
  caption: string;
  columns: string[];
  rows: { key: string; id?: string; cells: ComponentChildren[] }[];
}): VNode {
  return (
    <table>
      <caption>{props.caption}</caption>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map(({ key, id, cells }) => (
          <tr key={key} {...(id ? { id } : {})}>
            {cells.map((cell, index) => (
              <td key={props.columns[index]} data-label={props.columns[index]}>
                <div>{cell}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ErrorLink({ code }: { code: string }): VNode {
  return (
    <a href={`/docs/errors#${code}`}>
      <code>{code}</code>
    </a>
  );
}
