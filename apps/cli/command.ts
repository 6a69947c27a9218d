import type { CliContext } from './context.ts';
import type { Input } from './input.ts';
import type { Style } from './style.ts';

/** One command of the command line: a file in commands/ and a line in its index. */
export interface Command {
  /** The words after `smsx`: `user create`. */
  name: string;
  summary: string;
  /** A paragraph of its `--help`, where the summary leaves something open. */
  details?: string;
  /** Positional argument in commander's notation, for example `[id]`. */
  argument?: { name: string; description: string };
  options?: Option[];
  /** What follows `smsx`, each line working as it stands. */
  examples: string[];
  /** Without a context for commands that need no database. */
  run(ctx: CliContext, input: Input): Promise<Result>;
}

export interface Option {
  /** Commander's notation: `--name <text>`. */
  flags: string;
  description: string;
  required?: boolean;
  /** The last part of the help line when the option is left out. */
  fallback?: string;
}

/** The same outcome for programs and for people. */
export interface Result {
  json: Record<string, unknown>;
  text: (style: Style) => string;
  /** Default 0. */
  exitCode?: number;
}
