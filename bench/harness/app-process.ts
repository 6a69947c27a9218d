import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/ports.mjs';
import { waitUntil } from '../../scripts/lib/processes.mjs';
import { snapshot } from '../../scripts/lib/snapshot.mjs';
import { tethered } from '../../scripts/lib/tether.mjs';
import { type Cores, lowerSession, onCores } from './cores.ts';
import type { Scope } from './scope.ts';

export type App = 'gateway' | 'worker' | 'poller' | 'console';

/** One production process of ours. */
export interface AppProcess {
  pid: number;
  port: number;
  opsPort: number;
  /** Of performance.now, just before the process was made. */
  startedAt: number;
  /** Asks it to end; resolves when it has. */
  stop(): Promise<void>;
  /** The sum of a metric's values, over all labels that hold `labels`. */
  metric(name: string, labels?: Record<string, string>): Promise<number>;
  /** The metrics as text. */
  metrics(): Promise<string>;
}

export interface AppStart {
  app: App;
  env: Record<string, string>;
  cores: Cores;
  /** Runs on what the others leave: for a process that in production has a machine of its own. */
  aside?: boolean;
  /** Default true. */
  awaitReady?: boolean;
  port?: number;
  /** File and arguments in place of the app's main.js: another way to start the build in `folder`. */
  main?: (folder: string) => string[];
}

const READY_MS = 60_000;

/** Starts a built app. Its log goes into a pipe that is read and thrown away, as a container's runtime would read it. */
export async function startApp(scope: Scope, start: AppStart): Promise<AppProcess> {
  const folder = await snapshot();
  const port = start.port ?? (await freePort());
  const opsPort = await freePort();
  const main = start.main?.(folder) ?? [join(folder, `dist/apps/${start.app}/main.js`)];
  const program = [process.execPath, ...main];
  const [first = '', ...others] = start.aside ? ['nice', '-n', '19', ...program] : program;
  const [command, args] = tethered('KILL', ...onCores(start.cores, first, others));
  const consolePort = await freePort();
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: {
      PATH: process.env.PATH ?? '',
      ...start.env,
      PORT: String(port),
      CONSOLE_PORT: String(consolePort),
      OPS_PORT: String(opsPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: start.aside ?? false,
  });
  if (start.aside) lowerSession(child.pid ?? 0);
  const lastWords = keepLastWords(child);
  const running = () => child.exitCode === null && child.signalCode === null;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  scope.onEnd(() => (running() ? child.kill('SIGKILL') : undefined));
  const isReady = async () => {
    if (!running()) throw new Error(`the ${start.app} ended:\n${lastWords()}`);
    const response = await fetch(`http://127.0.0.1:${opsPort}/readyz`).catch(() => null);
    return response?.status === 200;
  };
  if (start.awaitReady !== false && !(await waitUntil(isReady, READY_MS)))
    throw new Error(`the ${start.app} is not ready:\n${lastWords()}`);
  const metrics = async () => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  return {
    pid: child.pid ?? 0,
    port,
    opsPort,
    startedAt,
    metrics,
    metric: async (name, labels = {}) => sumOf(await metrics(), name, labels),
    async stop() {
      if (running()) child.kill('SIGTERM');
      await exited;
    },
  };
}

function keepLastWords(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.subarray(-4_000).toString('utf8')).slice(-4_000);
    });
  return () => text;
}

function sumOf(text: string, name: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
