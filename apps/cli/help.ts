import type { Command } from './command.ts';

/** The whole command line on one screen. */
export function overview(commands: Command[]): string {
  const lines = commands.map((command) => [usageOf(command), command.summary] as const);
  const width = Math.max(...lines.map(([usage]) => usage.length));
  return `${[
    'Usage: smsx <command> [options] [--json]',
    '',
    'From a checkout: npm run smsx -- <command>. While npm start runs there, its database is used.',
    '',
    'Commands:',
    ...lines.map(([usage, summary]) => `  ${usage.padEnd(width)}  ${summary}`),
    `  ${'help [command]'.padEnd(width)}  Show this, or one command in full`,
    '',
    'The first steps of a new installation:',
    '  $ smsx migrate',
    '  $ smsx user create --name "Example Ltd"',
    '  $ smsx key create --user 1 --name production',
    '  $ smsx wallet credit --user 1 --amount 25.00 --reason "bank transfer" --reference INV-1',
    '  $ smsx operator create --name alice --role admin',
    '  $ smsx doctor',
    '',
    'Options of every command:',
    '  --json   one JSON document on standard output and nothing else, also for errors',
    '  --help   what the command does, its options, and examples',
    '',
    'Environment: DATABASE_URL and REDIS_URL are required; ENCRYPTION_KEY must be that of the servers.',
    'Exit codes: 0 done · 1 failed, or a check of doctor failed · 2 the call itself was wrong',
  ].join('\n')}\n`;
}

/** The name with what it cannot do without. */
function usageOf(command: Command): string {
  const required = (command.options ?? []).filter((option) => option.required).map((option) => option.flags);
  return [command.name, command.argument?.name.replace('[', '<').replace(']', '>'), ...required]
    .filter(Boolean)
    .join(' ');
}
