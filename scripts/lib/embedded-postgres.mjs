import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tailOf } from './files.mjs';
import { root } from './paths.mjs';
import { freePort } from './ports.mjs';
import { locatePostgres } from './postgres-binaries.mjs';
import { postgresUser } from './postgres-user.mjs';
import { commandOf, endProcess, isAlive } from './processes.mjs';
import { run, Trouble } from './run.mjs';
import { tethered } from './tether.mjs';

const USER = 'smsx';
const END = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];
const START_PATIENCE_MS = 30_000;
// A throw-away database for tests: nothing needs to survive a power cut.
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Makes the cluster on the first call. It is made beside and renamed, so a killed start leaves no half of one. */
export async function preparePostgres({ folder, password }) {
  const data = join(folder, 'postgres');
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const native = locatePostgres();
  const user = await postgresUser();
  const draft = `${data}.new`;
  const passwordFile = join(draft, 'password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(join(draft, 'cluster'), { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  user.own(draft);
  const args = [`--pgdata=${join(draft, 'cluster')}`, `--username=${USER}`, `--pwfile=${passwordFile}`];
  args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin');
  args.push('--builtin-locale=C.UTF-8', '--no-sync', '--no-instructions');
  const [command, argv] = user.wrap(join(native, 'bin/initdb'), args);
  const { code, output } = await run(command, argv, { cwd: '/' });
  if (code !== 0)
    throw new Trouble(`PostgreSQL's data folder could not be made (initdb, code ${code}):\n${output.trim()}`);
  rmSync(data, { recursive: true, force: true });
  renameSync(join(draft, 'cluster'), data);
  rmSync(draft, { recursive: true, force: true });
}

/** Starts PostgreSQL on `folder`/postgres; resolves with { url, port, pid, child, stop } once a query was answered. */
export async function startPostgres({ folder, password, durable }) {
  const data = join(folder, 'postgres');
  const native = locatePostgres();
  const user = await postgresUser();
  await endLeftover(data);
  user.own(data);
  const deadline = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const started = await tryStart({ folder, data, native, user, durable, password, deadline });
    if (started) return started;
    // After a kill the shared memory of the last run stays busy until its backends have noticed.
    await delay(300);
  }
}

async function tryStart({ folder, data, native, user, durable, password, deadline }) {
  const port = await freePort();
  const log = join(folder, 'postgres.log');
  const output = openSync(log, 'w', 0o600);
  const [inner, innerArgs] = tethered('INT', join(native, 'bin/postgres'), [
    '-D',
    data,
    ...settings(port, durable),
  ]);
  const [command, args] = user.wrap(inner, innerArgs);
  const child = spawn(command, args, { cwd: '/', stdio: ['ignore', output, output] });
  closeSync(output);
  child.on('error', () => {});
  const ended = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/smsx`;
  let problem;
  while (!ended() && Date.now() < deadline) {
    problem = await ensureDatabase(url);
    if (problem === null) {
      return { url, port, pid: child.pid, endSignal: 'INT', child, stop: () => endProcess(child.pid, END) };
    }
    if (problem.code === '28P01') break;
    await delay(30);
  }
  if (!ended()) await endProcess(child.pid, END);
  if (ended() && Date.now() < deadline && /shared memory block|could not bind|in use/.test(tailOf(log)))
    return null;
  if (problem?.code === '28P01') {
    throw new Trouble(
      `The password in ${folder}/secrets.json is not that of the database in ${data}: restore it, or remove both.`,
    );
  }
  throw new Trouble(`PostgreSQL did not start. Its log (${log}) ends with:\n${tailOf(log)}`);
}

function settings(port, durable) {
  const values = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=300',
    'timezone=UTC',
    ...(durable ? [] : FAST),
  ];
  return values.flatMap((value) => ['-c', value]);
}

/** Null when the database exists and answers, else the error. */
async function ensureDatabase(url) {
  const { Client } = createRequire(join(root, 'package.json'))('pg');
  const admin = new Client({
    connectionString: url.replace(/\/smsx$/, '/postgres'),
    connectionTimeoutMillis: 5_000,
  });
  admin.on('error', () => {});
  try {
    await admin.connect();
    const { rowCount } = await admin.query("SELECT 1 FROM pg_database WHERE datname = 'smsx'");
    if (!rowCount) await admin.query('CREATE DATABASE smsx');
    return null;
  } catch (error) {
    return error;
  } finally {
    await admin.end().catch(() => {});
  }
}

/**
 * A server whose keeper was killed may still be ending. A pid that by now belongs to some other program would
 * make PostgreSQL refuse, so its note is removed.
 */
async function endLeftover(data) {
  const note = join(data, 'postmaster.pid');
  if (!existsSync(note)) return;
  const pid = Number(readFileSync(note, 'utf8').split('\n')[0]);
  if (!isAlive(pid)) return;
  if (!commandOf(pid).includes(data)) return rmSync(note, { force: true });
  if (!(await endProcess(pid, END)))
    throw new Trouble(`An older PostgreSQL (process ${pid}) does not end: end it, then try again.`);
}
