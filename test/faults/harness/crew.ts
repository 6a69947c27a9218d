import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { snapshot } from '../../../scripts/lib/snapshot.mjs';
import { tethered } from '../../../scripts/lib/tether.mjs';
import type { Teardown } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';

export type App = 'gateway' | 'worker' | 'poller' | 'console';

/** One production process. Signals go to nothing but the recorded process. */
export interface Member {
  name: string;
  app: App;
  pid: number;
  port: number;
  opsPort: number;
  /** Everything it wrote so far. */
  output(): string;
  running(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal; resolves with the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves when it has ended by itself or by us. */
  ended: Promise<number | null>;
  ready(): Promise<boolean>;
  /** True while a SIGSTOP holds it. */
  frozen(): Promise<boolean>;
}

export interface StartOptions {
  env?: Record<string, string>;
  /** Arguments of node before the app, such as `--import`. */
  nodeArgs?: string[];
  /** Default true: resolves once it says that it is ready. */
  awaitReady?: boolean;
}

export interface Crew {
  start(app: App, options?: StartOptions): Promise<Member>;
  /** Those that run, of one app or all. */
  members(app?: App): Member[];
  /** What ended without having been told to: a crash. */
  crashes(): string[];
}

/** Starts the built apps with `env`; all of them are killed in teardown. */
export async function createCrew(t: Teardown, env: Record<string, string>): Promise<Crew> {
  const folder = await snapshot();
  const all: (Member & { told: boolean })[] = [];
  let started = 0;
  t.teardown(() => Promise.all(all.map((member) => member.running() && member.end('SIGKILL'))));
  return {
    async start(app, options = {}) {
      started += 1;
      const name = `${app}-${started}`;
      const ports = { port: Number(options.env?.PORT) || (await freePort()), opsPort: await freePort() };
      const child = run(join(folder, `dist/apps/${app}/main.js`), options.nodeArgs ?? [], {
        ...env,
        PORT: String(ports.port),
        CONSOLE_PORT: String(await freePort()),
        OPS_PORT: String(ports.opsPort),
        ...options.env,
      });
      const member = createMember(child, { name, app, ...ports });
      // It is going to end itself.
      if (options.env?.CRASH_AT) member.told = true;
      all.push(member);
      if (options.awaitReady !== false) await becomeReady(member);
      return member;
    },
    members: (app) => all.filter((member) => member.running() && (!app || member.app === app)),
    crashes: () =>
      all
        .filter((member) => !member.running() && !member.told)
        .map((member) => `${member.name} ended by itself:\n${member.output().slice(-2_000)}`),
  };
}

function run(main: string, nodeArgs: string[], env: Record<string, string>): ChildProcess {
  const [command, args] = tethered('KILL', process.execPath, [...nodeArgs, main]);
  return spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function createMember(
  child: ChildProcess,
  about: Pick<Member, 'name' | 'app' | 'port' | 'opsPort'>,
): Member & { told: boolean } {
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      written = (written + String(chunk)).slice(-200_000);
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const member = {
    ...about,
    pid: child.pid ?? 0,
    told: false,
    output: () => written,
    running: () => child.exitCode === null && child.signalCode === null,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    async end(signal: NodeJS.Signals) {
      member.told = true;
      if (member.running()) child.kill(signal);
      return ended;
    },
    ended,
    async frozen() {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', String(child.pid)]);
      return stdout.trim() === 'T';
    },
    async ready() {
      const response = await fetch(`http://127.0.0.1:${about.opsPort}/readyz`).catch(() => null);
      return response?.status === 200;
    },
  };
  return member;
}

async function becomeReady(member: Member): Promise<void> {
  await until(
    async () => {
      if (!member.running()) throw new Error(`${member.name} did not start:\n${member.output()}`);
      return member.ready();
    },
    { what: `${member.name} to be ready`, timeoutMs: 60_000 },
  );
}
