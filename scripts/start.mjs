import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { contractEnvironment } from './lib/environment.mjs';
import { readJson, writePrivateJson } from './lib/files.mjs';
import { dataFolder, root } from './lib/paths.mjs';
import { endProcess, isAlive } from './lib/processes.mjs';
import { createProgress } from './lib/progress.mjs';
import { reportAndFail, Trouble } from './lib/run.mjs';
import { acquireServices, secretsOf } from './lib/services.mjs';
import { runFromSources } from './lib/sources.mjs';
import { watchParents } from './lib/watch-parents.mjs';

const environmentFile = join(dataFolder, 'env.json');

try {
  process.exitCode = await start();
} catch (error) {
  reportAndFail(error);
}
process.exit();

async function start() {
  refuseProduction();
  await ensureDependencies({ stream: process.stdout });
  const progress = createProgress(process.stdout);
  const services = await findServices(progress);
  const environment = {
    ...contractEnvironment(),
    DATABASE_URL: process.env.DATABASE_URL || services.databaseUrl,
    REDIS_URL: process.env.REDIS_URL || services.redisUrl,
    ENCRYPTION_KEY: process.env.ENCRYPTION_KEY || secretsOf(dataFolder).encryptionKey,
  };
  tellTheCommandLine(environment);
  progress.line('… starting the apps');
  try {
    return await runApps(environment, services);
  } finally {
    if (readJson(environmentFile)?.pid === process.pid) rmSync(environmentFile, { force: true });
    await services?.release();
  }
}

/** For `npm run smsx` beside this; a second npm start leaves the first one's word in place. */
function tellTheCommandLine(environment) {
  const other = readJson(environmentFile);
  if (other && other.pid !== process.pid && isAlive(other.pid)) return;
  writePrivateJson(environmentFile, { pid: process.pid, environment });
}

function refuseProduction() {
  if (process.env.NODE_ENV !== 'production') return;
  throw new Trouble(`npm start is for trying smsx out: it starts a private database and a sandbox instead of real providers.
NODE_ENV is "production", where each process is started by itself:

  npm ci && npm run build
  npm run smsx -- migrate
  node dist/apps/gateway/main.js
  node dist/apps/worker/main.js
  node dist/apps/poller/main.js
  node dist/apps/console/main.js

Unset NODE_ENV to use npm start.`);
}

async function findServices(progress) {
  const postgres = !process.env.DATABASE_URL;
  const redis = !process.env.REDIS_URL;
  return postgres || redis ? await acquireServices({ folder: dataFolder, progress, postgres, redis }) : null;
}

/** Resolves with this command's exit code: 0 when it was asked to end. */
function runApps(environment, services) {
  const apps = spawnApps(environment);
  return new Promise((resolve) => {
    let exitCode = null;
    let askedAt = 0;
    const end = (code) => {
      const gently = exitCode === null;
      // One Ctrl-C can arrive twice, from the terminal and from npm; only a later one means impatience.
      if (!gently && Date.now() - askedAt < 1_000) return;
      if (gently) askedAt = Date.now();
      exitCode ??= code;
      void endProcess(
        apps.pid,
        gently
          ? [
              ['SIGTERM', 20_000],
              ['SIGKILL', 5_000],
            ]
          : [['SIGKILL', 5_000]],
      );
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0));
    watchParents(() => end(0));
    services?.onLost(() => {
      complain(`PostgreSQL or Redis ended unexpectedly; see the logs in ${dataFolder}. Stopping.`);
      end(1);
    });
    apps.on('error', (error) => {
      complain(`The apps could not be started: ${error.message}`);
      resolve(1);
    });
    apps.on('exit', (code, signal) => {
      if (exitCode === null) complain(`The apps ended by themselves (${signal ?? `code ${code}`}).`);
      resolve(exitCode ?? 1);
    });
  });
}

function spawnApps(environment) {
  const sources = runFromSources('apps/all.ts');
  const preload = pathToFileURL(join(root, 'scripts/lib/end-with-parent.mjs')).href;
  return spawn(process.execPath, ['--import', preload, ...sources.args], {
    cwd: root,
    env: { ...process.env, ...environment, ...sources.env, SMSX_PARENT_PID: String(process.pid) },
    // Its own process group: Ctrl-C must reach the apps once, from here, and before the services end.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function complain(sentence) {
  process.stderr.write(`\n${sentence}\n`);
}
