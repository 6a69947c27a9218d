/** The outcome of every fault that was asked for, as a table; `complete` when each was run and held. */
export function faultTable(faults, lines) {
  const outcomes = new Map(lines.map((line) => [line.id, line]));
  const rows = faults.map((fault) => rowOf(fault, outcomes.get(fault.id)));
  const head = ['FAULT', 'WHAT', 'RUNS', 'LOST', 'DOUBLED', 'RECOVERED IN', 'RESULT'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const text = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  return { text: text.join('\n'), complete: rows.every((row) => row.at(-1) === 'held') };
}

function rowOf({ id, title }, line) {
  if (!line?.outcome) return [id, title, '-', '-', '-', '-', line ? 'FAILED' : 'NOT RUN'];
  const { runs, lost, doubled, recoverMs } = line.outcome;
  const recovered = recoverMs === null ? '-' : `${(recoverMs / 1_000).toFixed(1)} s`;
  return [id, title, runs, lost, doubled, recovered, line.passed ? 'held' : 'FAILED'].map(String);
}
