import type { CliContext } from '../context.ts';

/** `off`: not configured, and so nothing to check. Only `fail` makes the command fail. */
export type Verdict = 'ok' | 'off' | 'warn' | 'fail';

export interface Finding {
  check: string;
  verdict: Verdict;
  /** What was seen. */
  result: string;
  /** What to do about it. */
  hint?: string;
}

/** One thing the doctor looks at; it may find several things. */
export interface Check {
  name: string;
  /** Left out, with one finding that says so, while PostgreSQL or its tables are missing. */
  needsDatabase: boolean;
  run(ctx: CliContext): Promise<Finding[]>;
}
