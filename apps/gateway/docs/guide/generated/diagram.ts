import { escapeHtml } from '../html.tsx';

const ROW_HEIGHT = 56;
const BOX = { x: 84, width: 152, height: 32 };
const WIDTH = 320;

/**
 * States below each other, in the order given, and an arc for each step: on the right those that go on, on the left
 * those that go back. It fits a phone, and needs no other layout than the order.
 */
export function drawStates(options: {
  id: string;
  title: string;
  states: readonly string[];
  edges: Record<string, readonly string[]>;
}): string {
  const { id, title, states, edges } = options;
  const height = states.length * ROW_HEIGHT;
  const rowOf = new Map(states.map((state, row) => [state, row]));
  const steps = states.flatMap((from) => (edges[from] ?? []).map((to) => ({ from, to })));
  const arcs = steps.map(({ from, to }) => arc(rowOf.get(from) ?? 0, rowOf.get(to) ?? 0, id));
  const boxes = states.map((state, row) => box(state, row, (edges[state] ?? []).length === 0));
  return (
    `<svg class="states" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}">` +
    `<title id="${id}">${escapeHtml(title)}</title>` +
    `<defs><marker id="${id}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
    `<path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>${arcs.join('')}${boxes.join('')}</svg>\n`
  );
}

/** Leaves below the middle of a box and arrives above the middle of the other, so that two-way steps stay apart. */
function arc(from: number, to: number, id: string): string {
  const forward = to > from;
  const side = forward ? BOX.x + BOX.width : BOX.x;
  const reach = (forward ? 1 : -1) * Math.min(20 + 13 * (Math.abs(to - from) - 1), 84);
  const y = (row: number, shift: number) => row * ROW_HEIGHT + ROW_HEIGHT / 2 + shift;
  const [start, end] = [y(from, forward ? 6 : -6), y(to, forward ? -6 : 6)];
  const path = `M${side} ${start}C${side + reach} ${start} ${side + reach} ${end} ${side} ${end}`;
  return `<path class="step" d="${path}" marker-end="url(#${id}-tip)"/>`;
}

function box(state: string, row: number, final: boolean): string {
  const y = row * ROW_HEIGHT + (ROW_HEIGHT - BOX.height) / 2;
  return (
    `<rect class="${final ? 'final' : 'state'}" x="${BOX.x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>` +
    `<text x="${BOX.x + BOX.width / 2}" y="${y + BOX.height / 2 + 5}" text-anchor="middle">${escapeHtml(state)}</text>`
  );
}
