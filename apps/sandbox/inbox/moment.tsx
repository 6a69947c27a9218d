import type { VNode } from 'preact';

/** A time in UTC; the script turns the shown part into the reader's zone and leaves UTC to the tooltip. */
export function Moment({ atMs }: { atMs: number }): VNode {
  const iso = new Date(atMs).toISOString();
  const shown = `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  return (
    <time dateTime={iso} title={shown}>
      {shown}
    </time>
  );
}
