import { join } from 'node:path';
import { readJson } from '../../scripts/lib/files.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { formatNumber } from './report.ts';
import type { JudgedFigure, Result } from './result.ts';

/** Medians as committed, by benchmark and figure. */
type Baseline = Record<string, Record<string, number>>;

const FILE = 'bench/baseline.json';
/** Worse by more than this is a regression, and no noise. */
const MOST_LOSS = 0.2;

/** Names every figure that is worse than the committed one by more than a fifth. Skipped runs say nothing. */
export function checkAgainstBaseline(results: Result[]): { text: string; ok: boolean } {
  const baseline = (readJson(join(root, FILE)) ?? {}) as Baseline;
  const compared = results.flatMap((result) =>
    result.figures.flatMap((figure) => {
      const before = baseline[result.name]?.[figure.name];
      if (before === undefined || figure.verdict === 'skipped') return [];
      const text = `${result.name}, ${figure.name}: ${formatNumber(figure.median)} ${figure.unit}, was ${formatNumber(before)}`;
      return [{ text, fell: isWorse(figure, before) }];
    }),
  );
  const fallen = compared.filter(({ fell }) => fell).map(({ text }) => text);
  if (fallen.length > 0)
    return { text: `worse than ${FILE} by more than a fifth:\n  ${fallen.join('\n  ')}`, ok: false };
  if (compared.length === 0)
    return {
      text: `nothing was compared: ${FILE} has none of these figures, or they were skipped`,
      ok: false,
    };
  return {
    text: `${compared.length} figures compared with ${FILE}, none is worse by more than a fifth`,
    ok: true,
  };
}

function isWorse({ better, median }: JudgedFigure, before: number): boolean {
  return better === 'higher' ? median < before * (1 - MOST_LOSS) : median > before * (1 + MOST_LOSS);
}
