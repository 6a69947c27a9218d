import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../../apps/cli/run.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as the one JSON document it must be with `--json`. */
  json: Record<string, unknown>;
}

/** One call in this process, which is many times faster than a process for each. */
export async function smsx(args: string[], env: Record<string, string>): Promise<Outcome> {
  const [stdout, stderr] = [capture(), capture()];
  const code = await runCli(args, { stdout: stdout.stream, stderr: stderr.stream, env });
  return outcome(code, stdout.text(), stderr.text());
}

/** The same as a process of its own, with this environment and nothing else. */
export function smsxProcess(args: string[], env: Record<string, string>, input = ''): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ['--conditions=smsx-sources', '--import', 'tsx', 'apps/cli/main.ts', ...args],
    { cwd: ROOT, env: { PATH: process.env.PATH ?? '', ...env }, stdio: 'pipe' },
  );
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    out.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    out.stderr += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(outcome(code, out.stdout, out.stderr)));
  });
}

function outcome(code: number | null, stdout: string, stderr: string): Outcome {
  return {
    code,
    stdout,
    stderr,
    get json() {
      return JSON.parse(stdout);
    },
  };
}

/** As much of a terminal's stream as the command line uses, when there is no terminal. */
function capture(): { stream: NodeJS.WriteStream; text(): string } {
  const stream = new PassThrough();
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => String(stream.read() ?? '') };
}
