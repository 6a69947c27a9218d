// Owns PostgreSQL and Redis for as long as somebody holds a lease, and ends both with the last one. Runs detached,
// in a session of its own, so that no signal to its owner's terminal or process group reaches it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from './embedded-postgres.mjs';
import { startRedis } from './embedded-redis.mjs';
import { writePrivateJson } from './files.mjs';
import { Leases } from './leases.mjs';
import { Trouble } from './run.mjs';
import { tethersWork } from './tether.mjs';

const spec = JSON.parse(process.env.SMSX_KEEPER ?? '{}');
const stateFile = join(spec.folder, 'services.json');
const running = [];
let stopping;

const leases = new Leases({ token: randomBytes(16).toString('hex'), onNone: () => stop(0) });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(0));
process.on('uncaughtException', (error) => stop(1, error));
leases.holdWhileConnected(process);
if (spec.watchPid) leases.holdWhileAlive(spec.watchPid);
if (spec.maxSeconds) setTimeout(() => stop(0), spec.maxSeconds * 1000).unref();

try {
  await start();
} catch (error) {
  await stop(1, error);
}

async function start() {
  const results = await Promise.allSettled([
    spec.postgres && startPostgres(spec.postgres).then(own),
    spec.redis && startRedis(spec.redis).then(own),
  ]);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  if (stopping) return;
  const [postgres, redis] = results.map(({ value }) => value);
  if (!tethersWork()) guard();
  const state = {
    keeperPid: process.pid,
    leasePort: await leases.listen(),
    token: leases.token,
    databaseUrl: postgres?.url,
    redisUrl: redis?.url,
    postgresPid: postgres?.pid,
    redisPid: redis?.pid,
  };
  writePrivateJson(stateFile, state);
  tell({ state });
}

function own(service) {
  const exited = new Promise((resolve) => service.child.once('exit', resolve));
  // Waiting for the event too leaves no zombie behind.
  running.push({ ...service, stop: () => service.stop().then(() => exited) });
  service.child.once('exit', (code, signal) => {
    stop(
      1,
      new Trouble(
        `A service (process ${service.pid}) ended by itself: ${signal ?? `code ${code}`}. See the logs in ${spec.folder}.`,
      ),
    );
  });
  return service;
}

function stop(code, error) {
  stopping ??= (async () => {
    if (error) tell({ error: error instanceof Trouble ? error.message : String(error.stack) });
    rmSync(stateFile, { force: true });
    await Promise.allSettled(running.map((service) => service.stop()));
    if (spec.temporary) rmSync(spec.folder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(code);
  })();
  return stopping;
}

function tell(message) {
  if (process.connected) process.send(message, () => {});
}

/** Without a parent-death signal (macOS), a shell ends the servers should this process be killed. */
function guard() {
  const ends = running.map(({ pid, endSignal }) => `kill -${endSignal} ${pid}`).join('; ');
  const script = `while kill -0 ${process.pid} 2>/dev/null; do sleep 1; done; ${ends}`;
  spawn('/bin/sh', ['-c', script, 'smsx-guard'], { detached: true, stdio: 'ignore' }).unref();
}
