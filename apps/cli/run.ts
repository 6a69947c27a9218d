import { CommanderError } from 'commander';
import { type Config, readConfig } from '#libs/platform';
import { asCliError, CliError, USAGE_EXIT_CODE } from './cli-error.ts';
import type { Command, Result } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { createCliContext } from './context.ts';
import type { Input } from './input.ts';
import { buildProgram } from './program.ts';
import { styleFor } from './style.ts';

/** Runs one call and ends the process: 0 done, 1 failed, 2 the call itself was wrong. */
export async function runCli(args: string[]): Promise<void> {
  const json = args.includes('--json');
  let exitCode = 0;
  try {
    const program = buildProgram(COMMANDS, {
      json,
      run: async (command, input) => {
        const result = await runCommand(command, input);
        await print(json, result);
        exitCode = result.exitCode ?? 0;
      },
    });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exitCode = await report(error, json);
  }
  process.exit(exitCode);
}

async function runCommand(command: Command, input: Input): Promise<Result> {
  let config: Config | null = null;
  try {
    config = readConfig();
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

function print(json: boolean, result: Result): Promise<void> {
  const text = json ? jsonText(result.json) : result.text(styleFor(process.stdout));
  return write(process.stdout, `${text}\n`);
}

async function report(error: unknown, json: boolean): Promise<number> {
  if (error instanceof CommanderError) return reportUsage(error, json);
  const failure = error instanceof CliError ? error : asCliError(error, null);
  if (json) {
    const { code, message, hint, details } = failure;
    await write(process.stdout, `${jsonText({ ok: false, error: code, message, hint, ...details })}\n`);
  } else {
    const style = styleFor(process.stderr);
    const hint = failure.hint === null ? '' : `${style.dim(failure.hint)}\n`;
    await write(process.stderr, `${style.bad('error:')} ${failure.message}\n${hint}`);
  }
  return failure.exitCode;
}

/** Commander has already written its words for people; help that was asked for is no error. */
async function reportUsage(error: CommanderError, json: boolean): Promise<number> {
  if (error.exitCode === 0) return 0;
  if (json) {
    const message = error.message.replace(/^error: /, '');
    await write(process.stdout, `${jsonText({ ok: false, error: 'usage', message })}\n`);
  }
  return USAGE_EXIT_CODE;
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
