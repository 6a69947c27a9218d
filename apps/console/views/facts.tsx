import type { ComponentChildren, VNode } from 'preact';

/** Named values, left out where there is none. */
export function Facts({ entries }: { entries: [name: string, value: ComponentChildren][] }): VNode {
  return (
    <dl class="facts">
      {entries
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
