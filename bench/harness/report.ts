import type { Side } from './benchmark.ts';
import type { Machine } from './machine.ts';
import type { Sample } from './measure.ts';
import type { JudgedFigure, Result, Verdict } from './result.ts';
import { spreadOf } from './statistics.ts';

const VERDICTS: Record<Verdict, string> = {
  goal: '✓ goal reached',
  floor: '✓ above the floor, goal not reached',
  below: '✗ below the floor',
  told: '',
  skipped: '– skipped: the limit swung more than twofold',
};
const COLUMNS = ['', 'per s', 'p50 ms', 'p99 ms', 'CPU µs each', 'cores busy'];

export function describeResult(result: Result): string {
  const rounds = `${result.rounds} round${result.rounds === 1 ? '' : 's'} of ${result.seconds} s`;
  return [
    `${result.name}: ${result.ours}`,
    `  against ${result.limit}; ${rounds}${result.tryOut ? ', a try-out: not for quoting' : ''}`,
    ...describeSides(result.sides),
    ...result.figures.map((figure) => `  ${describeFigure(figure)}`),
    ...(result.notes ?? []).map((note) => `  ${note}`),
  ].join('\n');
}

export function describeMachineText(machine: Machine): string {
  return [
    `${machine.cores} × ${machine.model}, ${machine.memoryGiB} GiB; load before ${machine.loadBefore.join(' ')}`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}, Redis ${machine.redis}`,
    `pinned: ${machine.pinned}`,
    `generator: ${machine.generator}`,
  ].join('\n');
}

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

function describeFigure(figure: JudgedFigure): string {
  const { name, unit, median, least, most, floor, goal, better, verdict } = figure;
  const sign = better === 'higher' ? '≥' : '≤';
  const bounds = [
    ...(floor === null ? [] : [`floor ${sign} ${floor}`]),
    ...(goal === null ? [] : [`goal ${sign} ${goal}`]),
  ].join(', ');
  const spread = figure.values.length > 1 ? ` (${formatNumber(least)}–${formatNumber(most)})` : '';
  return [`${name}: ${formatNumber(median)} ${unit}${spread}`, bounds, VERDICTS[verdict]]
    .filter(Boolean)
    .join('   ');
}

function describeSides(sides: Side[]): string[] {
  if (sides.length === 0) return [];
  const rows = [COLUMNS, ...sides.map(rowOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `    ${cells.join('  ')}`;
  });
}

function rowOf({ name, counted, samples }: Side): string[] {
  const median = (read: (sample: Sample) => number | null) => {
    const values = samples.map(read).filter((value) => value !== null);
    return values.length > 0 ? formatNumber(spreadOf(values).median) : '–';
  };
  return [
    `${name} (${counted})`,
    median((sample) => sample.perSecond),
    median((sample) => sample.p50Ms),
    median((sample) => sample.p99Ms),
    median((sample) => sample.cpuMicrosEach),
    median((sample) => sample.busy),
  ];
}
