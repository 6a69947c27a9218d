import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { preparePostgres } from './embedded-postgres.mjs';
import { prepareRedis } from './embedded-redis.mjs';
import { readJson, tailOf, writePrivateJson } from './files.mjs';
import { withLock } from './lock.mjs';
import { Trouble } from './run.mjs';

// Longer than the keeper itself waits for the servers before it kills them.
const END_PATIENCE_MS = 30_000;

const QUIET = { step: (_label, work) => work(() => {}), line: () => {} };

/**
 * A private PostgreSQL and Redis on free ports of 127.0.0.1 with their data in `folder`; those that already run
 * there are shared. Resolves with { databaseUrl, redisUrl, postgresPid, redisPid, release, onLost }. They end with
 * the last holder's `release()` or death.
 *
 * postgres, redis: false leaves that one out. durable: data survives a power cut. watchPid: that process is a holder too. maxSeconds: end after this long.
 * temporary: remove the folder at the end.
 */
export async function acquireServices({ folder, durable = true, progress = QUIET, ...rest }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const waiting = () =>
    progress.line('… waiting for another command that is starting the services of this folder');
  return await withLock(
    join(folder, 'services.lock'),
    async () =>
      (await adopt(folder, progress, rest)) ?? (await start({ folder, durable, progress, ...rest })),
    waiting,
  );
}

/** Ends the services of `folder` whoever holds them; resolves when they are gone. */
export async function stopServices(folder) {
  const state = readJson(join(folder, 'services.json'));
  const lease = state && (await openLease(state, 'stop'));
  await lease?.ended();
}

/** Passwords and keys made once per data folder: { postgresPassword, redisPassword, encryptionKey }. */
export function secretsOf(folder) {
  const path = join(folder, 'secrets.json');
  const known = readJson(path);
  if (known) return known;
  const password = () => randomBytes(24).toString('hex');
  const secrets = {
    postgresPassword: password(),
    redisPassword: password(),
    encryptionKey: randomBytes(32).toString('base64'),
  };
  writePrivateJson(path, secrets);
  return secrets;
}

async function adopt(folder, progress, { postgres = true, redis = true }) {
  const state = readJson(join(folder, 'services.json'));
  if (state && ((postgres && !state.databaseUrl) || (redis && !state.redisUrl))) {
    throw new Trouble(
      `Another command runs on ${folder} with other settings of DATABASE_URL or REDIS_URL: end it first.`,
    );
  }
  const lease = state && (await openLease(state, 'hold'));
  if (!lease) return null;
  progress.line('… using the PostgreSQL and Redis that already run for this folder');
  return held(state, lease);
}

async function start({ folder, durable, progress, postgres = true, redis = true, ...rest }) {
  const { postgresPassword, redisPassword } = secretsOf(folder);
  const [server] = await settle([
    redis && progress.step('finding Redis', findRedis),
    postgres &&
      progress.step('preparing PostgreSQL', () => preparePostgres({ folder, password: postgresPassword })),
  ]);
  const spec = {
    ...rest,
    folder,
    postgres: postgres && { folder, durable, password: postgresPassword },
    redis: redis && { folder, durable, password: redisPassword, server },
  };
  const names = [postgres && 'PostgreSQL', redis && 'Redis'].filter(Boolean).join(' and ');
  return await progress.step(`starting ${names}`, () => launch(spec));
}

function findRedis(relabel) {
  return prepareRedis({ onFetch: () => relabel('fetching Redis (first time only)') });
}

/** Waits for all, so that nothing goes on behind an error message. */
async function settle(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}

async function launch(spec) {
  const log = join(spec.folder, 'keeper.log');
  const output = openSync(log, 'w', 0o600);
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('keeper.mjs', import.meta.url))], {
    detached: true,
    cwd: spec.folder,
    // By environment and not by argument: the passwords must show in no process list.
    env: { ...process.env, NODE_OPTIONS: '', SMSX_KEEPER: JSON.stringify(spec) },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  keeper.unref();
  const { state, error } = await new Promise((resolve) => {
    keeper.once('message', resolve);
    keeper.once('error', (failure) => resolve({ error: failure.message }));
    keeper.once('exit', () =>
      resolve({ error: `The keeper of the services ended at once:\n${tailOf(log)}` }),
    );
  });
  if (error) throw new Trouble(error);
  const lease = await openLease(state, 'hold');
  keeper.disconnect();
  if (!lease) throw new Trouble(`The keeper of the services does not answer:\n${tailOf(log)}`);
  return held(state, lease);
}

/** A lease is an open connection. Null when no keeper answers to the token: the port may be another program's by now. */
function openLease({ leasePort, token }, verb) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: leasePort, timeout: 3_000 });
    const closed = new Promise((done) => socket.once('close', done));
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.once('timeout', () => socket.destroy());
    socket.once('data', (answer) => {
      if (!/^(held|stopping)\n/.test(answer)) return socket.destroy();
      socket.setTimeout(0);
      resolve({
        socket,
        closed,
        ended: () => Promise.race([closed, delay(END_PATIENCE_MS, undefined, { ref: false })]),
      });
    });
    closed.then(() => resolve(null));
    socket.write(`${verb} ${token}\n`);
  });
}

function held({ databaseUrl, redisUrl, postgresPid, redisPid }, { socket, closed, ended }) {
  let released = false;
  return {
    databaseUrl,
    redisUrl,
    postgresPid,
    redisPid,
    onLost: (callback) => void closed.then(() => released || callback()),
    async release() {
      released = true;
      socket.once('data', (answer) => answer.startsWith('kept') && socket.end());
      socket.write('release\n');
      await ended();
    },
  };
}
