import { CommanderError } from 'commander';
import { type Config, readConfig } from '#libs/platform';
import { asCliError, usageError } from './cli-error.ts';
import type { Command, Result } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { createCliContext } from './context.ts';
import type { Input } from './input.ts';
import { buildProgram } from './program.ts';
import { styleFor } from './style.ts';

/** Where a call writes, and the environment it reads instead of the process's own. */
export interface CallOptions {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env?: Record<string, string | undefined>;
}

/** Runs one call and resolves with its exit code: 0 done, 1 failed, 2 the call itself was wrong. */
export async function runCli(args: string[], options: CallOptions = process): Promise<number> {
  const json = args.includes('--json');
  const { stdout, stderr } = options;
  let exitCode = 0;
  let help = '';
  const program = buildProgram(COMMANDS, {
    // With --json standard output is for one document: what commander says becomes a part of it.
    writeOut(text) {
      if (json) help += text;
      else stdout.write(text);
    },
    writeErr(text) {
      if (!json) stderr.write(text);
    },
    run: async (command, input) => {
      const result = await runCommand(command, input, options);
      await write(stdout, `${json ? jsonText(result.json) : result.text(styleFor(stdout))}\n`);
      exitCode = result.exitCode ?? 0;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    const helpAsked = error instanceof CommanderError && error.exitCode === 0;
    if (helpAsked && json) await write(stdout, `${jsonText({ ok: true, help })}\n`);
    return helpAsked ? 0 : report(error, json, options);
  }
}

async function runCommand(command: Command, input: Input, { env }: CallOptions): Promise<Result> {
  let config: Config | null = null;
  try {
    config = readConfig(env);
    const ctx = createCliContext(config);
    try {
      return await command.run(ctx, input);
    } finally {
      await ctx.close();
    }
  } catch (error) {
    throw asCliError(error, config && addressOf(config.databaseUrl));
  }
}

async function report(error: unknown, json: boolean, { stdout, stderr }: CallOptions): Promise<number> {
  const usage = error instanceof CommanderError;
  const failure = usage
    ? usageError('usage', error.message.replace(/^error: /, ''))
    : asCliError(error, null);
  if (json) {
    const { code, message, hint, details } = failure;
    await write(stdout, `${jsonText({ ok: false, error: code, message, hint, ...details })}\n`);
  } else if (!usage) {
    // Where the call was wrong, commander has written its words for people already.
    const style = styleFor(stderr);
    const hint = failure.hint === null ? '' : `${style.dim(failure.hint)}\n`;
    await write(stderr, `${style.bad('error:')} ${failure.message}\n${hint}`);
  }
  return failure.exitCode;
}

/** Big integers are row numbers and versions here; money is always text already. */
function jsonText(value: Record<string, unknown>): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? Number(item) : item), 2);
}

/** Resolves when it is out, also through a pipe; a reader that went away is no failure of ours. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write(text, () => resolve());
  });
}

function addressOf(databaseUrl: string): string {
  return URL.canParse(databaseUrl)
    ? new URL(databaseUrl).host || 'its local socket'
    : 'the address in DATABASE_URL';
}
