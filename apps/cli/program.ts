import { Command as CommanderCommand, type OptionValues } from 'commander';
import type { Command } from './command.ts';
import { overview } from './help.ts';
import { Input } from './input.ts';

export interface ProgramOptions {
  writeOut: (text: string) => void;
  writeErr: (text: string) => void;
  run: (command: Command, input: Input) => Promise<void>;
}

const GROUPS: Record<string, string> = {
  user: 'Wallet users: who rents, sends and pays',
  key: 'API keys of partners',
  wallet: 'Money of a wallet user',
  provider: 'Accounts at providers of rented numbers',
  catalogue: 'Countries and services of the providers',
  markup: 'What is added to the upstream price',
  webhook: 'Reports that go to partners’ callback_url',
  operator: 'People who sign in to the console',
  reconcile: 'What only a person can decide',
};

/** All commands as one commander program; nothing is read from outside before a command runs. */
export function buildProgram(commands: Command[], options: ProgramOptions): CommanderCommand {
  const program = configured(new CommanderCommand('smsx'), options)
    .description('The operator’s command line')
    .option('--json', 'one JSON document on standard output')
    .helpCommand('help [command]', 'show all commands, or one in full');
  program.helpInformation = () => overview(commands);
  program.action(() => program.help());
  for (const command of commands) addCommand(program, command, options);
  return program;
}

function addCommand(program: CommanderCommand, command: Command, options: ProgramOptions): void {
  const words = command.name.split(' ');
  const parent = words.length > 1 ? groupOf(program, words[0] ?? '', options) : program;
  const leaf = configured(parent.command(words.at(-1) ?? ''), options);
  leaf.summary(command.summary).description([command.summary, command.details].filter(Boolean).join('.\n\n'));
  if (command.argument) leaf.argument(command.argument.name, command.argument.description);
  for (const option of command.options ?? []) {
    const text = option.fallback ? `${option.description} (default: ${option.fallback})` : option.description;
    if (option.required) leaf.requiredOption(option.flags, text);
    else leaf.option(option.flags, text);
  }
  leaf.option('--json', 'one JSON document on standard output, also for errors');
  leaf.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  $ smsx ${line}`).join('\n')}`);
  leaf.action((...received: unknown[]) => {
    const values: OptionValues = leaf.opts();
    const argument = command.argument && typeof received[0] === 'string' ? received[0] : undefined;
    return options.run(command, new Input(values, argument));
  });
}

function groupOf(program: CommanderCommand, name: string, options: ProgramOptions): CommanderCommand {
  const known = program.commands.find((candidate) => candidate.name() === name);
  if (known) return known;
  const group = configured(program.command(name), options).description(GROUPS[name] ?? '');
  return group.option('--json', 'one JSON document on standard output');
}

function configured(command: CommanderCommand, { writeOut, writeErr }: ProgramOptions): CommanderCommand {
  return command
    .exitOverride()
    .showHelpAfterError('Add --help to see how it is used.')
    .configureOutput({ writeOut, writeErr });
}
