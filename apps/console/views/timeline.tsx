import type { ComponentChildren, VNode } from 'preact';
import { Moment } from './moment.tsx';

export interface Happening {
  at: Date;
  what: ComponentChildren;
}

/** What happened to one row, in order. */
export function Timeline({ happenings }: { happenings: (Happening | null)[] }): VNode {
  const known = happenings.filter((happening) => happening !== null);
  const inOrder = known.sort((a, b) => a.at.getTime() - b.at.getTime());
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">What happened</h2>
      <ol class="timeline">
        {inOrder.map(({ at, what }) => (
          <li key={`${at.getTime()} ${what}`}>
            <Moment at={at} />
            <span>{what}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Null where the moment never came. */
export function happened(at: Date | null, what: ComponentChildren): Happening | null {
  return at === null ? null : { at, what };
}
