import { spawn } from 'node:child_process';
import { tethered } from './tether.mjs';

/** What to tell a person: no stack, only the sentence. */
export class Trouble extends Error {}

/**
 * Runs a command to its end without input; resolves with { code, output } (both streams, in order) and never
 * rejects for a non-zero code. The command ends when this process is killed.
 */
export function run(command, args, options = {}) {
  const [file, argv] = tethered('TERM', command, args);
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}ended by ${signal}\n` : output }),
    );
  });
}

/** Prints a Trouble as its sentence, anything else with its stack, and sets the exit code. */
export function reportAndFail(error) {
  process.stderr.write(`\n${error instanceof Trouble ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
