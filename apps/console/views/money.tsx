import type { VNode } from 'preact';
import { formatMicros, type Micros } from '#libs/domain';

export function Money({ micros }: { micros: Micros | null }): VNode {
  if (micros === null) return <span class="none">–</span>;
  return <span class="money">{formatMicros(micros)} USD</span>;
}
