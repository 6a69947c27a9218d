/** A listener for TapReader that prints one line per test file, and each failed assertion with its details. */
export function tapPrinter(output) {
  let showDetails = false;
  let fileCounts = { passed: 0, failed: 0, skipped: 0 };
  const print = (text) => output.write(`${text}\n`);
  return {
    onPoint({ depth, names, kind, own, milliseconds }) {
      showDetails = own && kind === 'failed';
      if (own) fileCounts[kind] += 1;
      if (showDetails) print(`✗ ${names.join(' › ')}`);
      if (depth > 0) return;
      print(fileLine(names[0], fileCounts, milliseconds));
      fileCounts = { passed: 0, failed: 0, skipped: 0 };
    },
    onDiagnostic(line) {
      if (showDetails) print(`    ${line}`);
    },
    onOther: print,
  };
}

function fileLine(name, { passed, failed, skipped }, milliseconds) {
  const parts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const seconds = milliseconds === null ? '' : ` in ${(milliseconds / 1000).toFixed(1)} s`;
  return `${failed > 0 ? '✗' : '✓'} ${name}: ${parts.filter(Boolean).join(', ')}${seconds}`;
}
