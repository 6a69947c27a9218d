/** The outcome of every fault that was asked for, as a table; `complete` when each was run and held. */
export function faultTable(faults, lines) {
  const outcomes = new Map();
  for (const line of lines) outcomes.set(line.id, together(outcomes.get(line.id), line));
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

/** A fault may have several tests; it held when each of them did. */
function together(one, other) {
  if (!one?.outcome || !other.outcome) return one ? { ...other, outcome: null } : other;
  const [a, b] = [one.outcome, other.outcome];
  return {
    ...other,
    passed: one.passed && other.passed,
    outcome: {
      runs: a.runs + b.runs,
      lost: a.lost + b.lost,
      doubled: a.doubled + b.doubled,
      recoverMs: Math.max(a.recoverMs ?? 0, b.recoverMs ?? 0),
    },
  };
}
