import { parseArgs } from 'node:util';

export interface Options {
  names: string[];
  json: boolean;
  list: boolean;
  check: boolean;
  help: boolean;
  rounds: number;
  seconds: number;
  minutes: number;
  size: number;
}

export const HELP = `npm run bench [-- name …] [options]

Measures the hot paths, each against a limit in the same run. Without a name all are measured, which takes hours.
  --list        tells the benchmarks
  --json        prints one JSON document and nothing else; progress goes to standard error
  --check       compares with bench/baseline.json; exit code 1 when a figure is worse by more than a fifth
  --rounds N    how often both sides are measured (5); fewer are a try-out
  --seconds N   length of one measurement (5)
  --minutes N   length of the memory benchmark (10)
  --size F      share of the full size of the scale benchmarks (1)
Results are also written to bench/results/<name>.json.`;

/** Throws with a sentence for a person. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      minutes: { type: 'string', default: '10' },
      size: { type: 'string', default: '1' },
    },
  });
  return {
    ...values,
    names: positionals,
    rounds: Math.ceil(positive('rounds', values.rounds)),
    seconds: positive('seconds', values.seconds),
    minutes: positive('minutes', values.minutes),
    size: positive('size', values.size),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} must be a number above 0, not "${text}".`);
}
