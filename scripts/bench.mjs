import { spawn } from 'node:child_process';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { contractEnvironment } from './lib/environment.mjs';
import { root } from './lib/paths.mjs';
import { reportAndFail } from './lib/run.mjs';
import { runFromSources } from './lib/sources.mjs';

// Progress goes to standard error: standard output belongs to the results.
try {
  await ensureDependencies();
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  reportAndFail(error);
}

/** The settings of the person who runs it must not change what is measured. */
function main(args) {
  const { args: program, env } = runFromSources('bench/main.ts');
  const own = { ...process.env, ...env };
  for (const name of [...Object.keys(contractEnvironment()), 'NODE_ENV', 'NODE_OPTIONS']) delete own[name];
  const child = spawn(process.execPath, [...program, ...args], { cwd: root, env: own, stdio: 'inherit' });
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 1 : code));
  });
}
