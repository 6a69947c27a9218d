import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { readJson } from './lib/files.mjs';
import { dataFolder, root } from './lib/paths.mjs';
import { isAlive } from './lib/processes.mjs';
import { reportAndFail } from './lib/run.mjs';
import { runFromSources } from './lib/sources.mjs';

// npm's own progress of an installation goes to standard error: standard output belongs to the command.
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  reportAndFail(error);
}

async function main(args) {
  const built = join(root, 'dist/apps/cli/main.js');
  const tsx = join(root, 'node_modules/tsx');
  const productionInstall = existsSync(join(root, 'node_modules')) && !existsSync(tsx) && existsSync(built);
  if (!productionInstall) await ensureDependencies();
  const { args: program, env } = productionInstall ? { args: [built] } : runFromSources('apps/cli/main.ts');
  const running = environmentOfRunningStart();
  const code = await runToEnd([...program, ...args], { ...running, ...setVariables(), ...env });
  if (code !== 0 && !running && !process.env.DATABASE_URL && process.stderr.isTTY) {
    process.stderr.write('\nDATABASE_URL is not set and no npm start runs in this checkout.\n');
  }
  return code;
}

/** What a running `npm start` gave its apps; null when none runs or this command names services of its own. */
function environmentOfRunningStart() {
  if (process.env.DATABASE_URL || process.env.REDIS_URL) return null;
  const state = readJson(join(dataFolder, 'env.json'));
  return state && isAlive(state.pid) ? state.environment : null;
}

/** An empty variable counts as unset, so it must not hide the running start's. */
function setVariables() {
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}

function runToEnd(args, env) {
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  // Ctrl-C reaches the child from the terminal; this process waits for what the child makes of it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 1 : code));
  });
}
