import { appendFileSync } from 'node:fs';
import tap, { type Test } from 'tap';
import { createRandom, type Random } from './random.ts';

export type { Test };

/** What one fault came to, for the table at the end. */
export interface Outcome {
  /** How often the fault was applied. */
  runs: number;
  lost: number;
  doubled: number;
  /** From the end of the fault until nothing waited any more; the longest of all runs. */
  recoverMs: number | null;
}

export interface FaultRun {
  t: Test;
  random: Random;
  /** True in `npm run faults`, false in the short set of `npm test`. */
  full: boolean;
  report(outcome: Outcome): void;
}

export interface Fault {
  /** As in the table of faults, `F12`. */
  id: string;
  title: string;
  criterion: string;
  /** Part of the short set that `npm test` runs. */
  quick: boolean;
  timeoutSeconds?: number;
}

const full = process.env.SMSX_FAULTS === 'full';
const only = (process.env.SMSX_FAULTS_ONLY ?? '').split(',').filter(Boolean);
const seed = Number(process.env.SMSX_FAULTS_SEED) || (Date.now() % 1_000_000) + 1;

/** Registers a fault as a test when it is asked for: by name, in the full run, or in the short set. */
export function fault(about: Fault, run: (run: FaultRun) => Promise<void>): void {
  const asked = only.length > 0 ? only.includes(about.id) : about.quick || full;
  if (!asked) return;
  const timeout = (about.timeoutSeconds ?? 110) * 1_000;
  void tap.test(`${about.id} ${about.title}: ${about.criterion}`, { timeout }, async (t) => {
    const replay = `npm run faults -- ${about.id} --seed ${seed}`;
    t.comment(`replay: ${replay}`);
    let outcome: Outcome | null = null;
    const report = (result: Outcome) => {
      outcome = result;
    };
    const random = createRandom(seed + Number(about.id.replace(/\D/g, '')) * 1_000_003);
    try {
      await run({ t, random, full, report });
      t.ok(outcome, 'the run came to an end and says what it came to');
    } catch (error) {
      t.error(error);
    }
    if (!t.passing()) process.stderr.write(`${about.id} failed; ${replay}\n`);
    writeOutcome({ ...about, seed, passed: t.passing(), outcome });
  });
}

function writeOutcome(line: object): void {
  const file = process.env.SMSX_FAULTS_REPORT;
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
