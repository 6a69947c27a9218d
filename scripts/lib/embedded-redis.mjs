import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { fetchRedis, findFetched, serverEnvironment } from './fetch-redis.mjs';
import { readJson, tailOf } from './files.mjs';
import { withLock } from './lock.mjs';
import { dataFolder } from './paths.mjs';
import { freePort } from './ports.mjs';
import { commandOf, endProcess, isAlive, waitUntil } from './processes.mjs';
import { run, Trouble } from './run.mjs';
import { tethered } from './tether.mjs';

const OLDEST = [6, 2];
const END = [
  ['SIGTERM', 10_000],
  ['SIGKILL', 5_000],
];

/** Finds a server on PATH or fetched earlier, else fetches one; `onFetch()` is called before that. */
export async function prepareRedis({ onFetch = () => {} } = {}) {
  const fetched = join(dataFolder, 'bin/redis');
  const ready = (await findOnPath()) ?? findFetched(fetched);
  if (ready) return ready;
  await withLock(join(dataFolder, 'bin/redis.lock'), async () => {
    if (findFetched(fetched)) return;
    onFetch();
    await fetchRedis(fetched);
  });
  return findFetched(fetched);
}

/** Starts Redis on `folder`/redis; resolves with { url, port, pid, child, stop } once it answers to the password. */
export async function startRedis({ folder, server, password, durable }) {
  const data = join(folder, 'redis');
  const log = join(folder, 'redis.log');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  await endLeftover(data);
  const port = await freePort();
  const output = openSync(log, 'w', 0o600);
  const [file, argv] = tethered('TERM', server.binary, ['-']);
  const child = spawn(file, argv, {
    env: serverEnvironment(server),
    cwd: data,
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.stdin.end(configuration({ data, port, password, durable }));
  const ended = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  await waitUntil(async () => ended() || (await answers(port, password)), 30_000);
  if (ended() || !(await answers(port, password))) {
    child.kill('SIGKILL');
    throw new Trouble(`Redis did not start. Its log (${log}) ends with:\n${tailOf(log)}`);
  }
  writeFileSync(join(data, 'process.json'), JSON.stringify({ pid: child.pid, port }), { mode: 0o600 });
  const stop = () => endProcess(child.pid, END);
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    pid: child.pid,
    endSignal: 'TERM',
    child,
    stop,
  };
}

/** On standard input, so that the password shows in no process list. */
function configuration({ data, port, password, durable }) {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(data)}`,
    `appendonly ${durable ? 'yes' : 'no'}`,
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n');
}

/** A server whose keeper was killed may still be ending; two on one folder would spoil its file. */
async function endLeftover(data) {
  const pid = readJson(join(data, 'process.json'))?.pid;
  if (!isAlive(pid) || !/(redis|valkey)-server/.test(commandOf(pid))) return;
  if (!(await endProcess(pid, END)))
    throw new Trouble(`An older Redis (process ${pid}) does not end: end it, then try again.`);
}

async function findOnPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of ['redis-server', 'valkey-server']) {
    const binary = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (!binary) continue;
    const { output } = await run(binary, ['--version']);
    const [major = 0, minor = 0] = (/v=(\d+)\.(\d+)/.exec(output) ?? []).slice(1).map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return { binary };
  }
  return null;
}

function answers(port, password) {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const finish = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (chunk) => {
      reply += chunk;
      if (/^-|\r\n-/.test(reply)) finish(false);
      if (reply.includes('+OK\r\n+PONG')) finish(true);
    });
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => finish(false));
  });
}
