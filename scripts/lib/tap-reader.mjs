const SUBTEST = /^( *)# Subtest: (.*)$/;
const POINT = /^( *)(not )?ok \d+(?: - )?(.*?)(?: # (skip|todo|time=)\s?(.*))?$/i;
const NOISE = /^(TAP version|\d+\.\.\d+|#|\{|\}|$)/;

/**
 * Reads TAP line by line and counts assertions in `counts`: { passed, failed, skipped }. A subtest's own line
 * repeats what stands in it, so it counts only when it failed by itself (a wrong plan, a crash, a time limit).
 *
 * onPoint({ depth, names, kind, own, milliseconds }): `own` is false for such a repeating line.
 * onDiagnostic(text): a line of the details under the last point. onOther(line): what a test printed itself.
 */
export class TapReader {
  counts = { passed: 0, failed: 0, skipped: 0 };
  #names = [];
  #diagnosticIndent = null;
  // Depths with points that no line above has closed yet, and whether one of them failed.
  #open = new Map();
  #listener;

  constructor(listener = {}) {
    this.#listener = listener;
  }

  line(line) {
    if (this.#diagnosticIndent !== null) return this.#diagnostic(line);
    this.#diagnosticIndent = /^( +)---$/.exec(line)?.[1] ?? null;
    if (this.#diagnosticIndent !== null) return;
    const subtest = SUBTEST.exec(line);
    if (subtest) return this.#enter(subtest);
    const point = POINT.exec(line);
    if (point) return this.#point(point);
    if (!NOISE.test(line.trim())) this.#listener.onOther?.(line);
  }

  #enter([, indent, name]) {
    this.#names.length = depthOf(indent);
    this.#names.push(name);
  }

  #diagnostic(line) {
    if (line === `${this.#diagnosticIndent}...`) this.#diagnosticIndent = null;
    else this.#listener.onDiagnostic?.(line.slice(this.#diagnosticIndent.length));
  }

  #point([, indent, not, name, directive = '', detail]) {
    const depth = depthOf(indent);
    const isTime = directive === 'time=';
    const kind = directive && !isTime ? 'skipped' : not ? 'failed' : 'passed';
    const { hadChildren, failedBelow } = this.#close(depth, kind);
    const own = !hadChildren || (kind === 'failed' && !failedBelow);
    if (own) this.counts[kind] += 1;
    this.#names.length = Math.min(this.#names.length, depth);
    const milliseconds = isTime ? Number.parseFloat(detail) : null;
    this.#listener.onPoint?.({ depth, names: [...this.#names, name], kind, own, milliseconds });
  }

  #close(depth, kind) {
    const below = [...this.#open.keys()].filter((other) => other > depth);
    const failedBelow = below.some((other) => this.#open.get(other));
    for (const other of below) this.#open.delete(other);
    this.#open.set(depth, this.#open.get(depth) || kind === 'failed');
    return { hadChildren: below.length > 0, failedBelow };
  }
}

function depthOf(indent) {
  return indent.length / 4;
}
