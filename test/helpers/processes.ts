import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/lib/ports.mjs';
import type { Teardown } from './services.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type AppToRun = 'gateway' | 'worker' | 'poller' | 'console';

export interface AppProcess {
  app: AppToRun;
  pid: number;
  port: number;
  /** Everything it wrote so far. */
  output(): string;
  /** Sends the signal and resolves with the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts one app as a process of its own and resolves when it says that it is ready. Killed in teardown. */
export async function startProcess(
  t: Teardown,
  app: AppToRun,
  env: Record<string, string>,
): Promise<AppProcess> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    ['--conditions=smsx-sources', '--import', 'tsx', `apps/${app}/main.ts`],
    {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH ?? '',
        ...env,
        PORT: String(port),
        CONSOLE_PORT: String(port + 1),
        OPS_PORT: String(opsPort),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => written.push(String(chunk)));
  t.teardown(() => end(child, exited, 'SIGKILL'));
  await until(() => isReady(opsPort, child, written), { what: `${app} to be ready`, timeoutMs: 30_000 });
  return {
    app,
    pid: child.pid ?? 0,
    port,
    output: () => written.join(''),
    end: (signal) => end(child, exited, signal),
  };
}

async function end(
  child: ChildProcess,
  exited: Promise<number | null>,
  signal: NodeJS.Signals,
): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return exited;
}

async function isReady(opsPort: number, child: ChildProcess, written: string[]): Promise<boolean> {
  if (child.exitCode !== null)
    throw new Error(`the process ended with ${child.exitCode}:\n${written.join('')}`);
  const response = await fetch(`http://127.0.0.1:${opsPort}/readyz`).catch(() => null);
  return response?.status === 200;
}
