import type { VNode } from 'preact';

/** UTC as it stands; the script turns it into the reader's zone and keeps UTC for hovering. */
export function Moment({ at }: { at: Date | null }): VNode {
  if (at === null) return <span class="none">–</span>;
  const utc = at.toISOString();
  return (
    <time dateTime={utc} title={utc}>
      {`${utc.slice(0, 10)} ${utc.slice(11, 19)} UTC`}
    </time>
  );
}

/** `45 s`, `12 min`, `3 h`, `2 d`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
