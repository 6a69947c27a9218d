import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { contractEnvironment } from './lib/environment.mjs';
import { root } from './lib/paths.mjs';
import { reportAndFail } from './lib/run.mjs';
import { tapPrinter } from './lib/tap-printer.mjs';
import { TapReader } from './lib/tap-reader.mjs';

try {
  await ensureDependencies({ stream: process.stdout });
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  reportAndFail(error);
}

async function main(args) {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-run-'));
  try {
    const { code, counts } = await runTap(args, folder);
    // tap can also fail without a failing test: a crash, a time limit, nothing to run.
    const failed = code === 0 ? counts.failed : Math.max(counts.failed, 1);
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    process.stdout.write(`\n${counts.passed} passed, ${failed} failed${skipped}\n`);
    return code || (failed > 0 ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `--reporter=…` hands the display to tap; the counts are then read from a copy of the results. */
async function runTap(args, folder) {
  const copy = join(folder, 'results.tap');
  const ownReporter = args.some((arg) => /^(-R|--reporter)/.test(arg));
  const reader = new TapReader(ownReporter ? {} : tapPrinter(process.stdout));
  const options = ['run', ownReporter ? `--output-file=${copy}` : '--reporter=tap', ...args];
  const child = spawn(process.execPath, [join(root, 'node_modules/tap/dist/esm/run.mjs'), ...options], {
    cwd: root,
    env: privateEnvironment(join(folder, 'services.json')),
    stdio: ['inherit', ownReporter ? 'inherit' : 'pipe', 'inherit'],
  });
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => reader.line(line));
  const code = await ending(child);
  if (existsSync(copy)) for (const line of readFileSync(copy, 'utf8').split('\n')) reader.line(line);
  return { code, counts: reader.counts };
}

function ending(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A test must neither see nor touch the services and settings of the person who runs it. */
function privateEnvironment(listing) {
  // Coverage is off (see .taprc), but tap would still measure the processes of before and after.
  const env = { ...process.env, SMSX_TEST_SERVICES: listing, _TAPJS_PROCESSINFO_COVERAGE_: '0' };
  for (const name of [...Object.keys(contractEnvironment()), 'NODE_ENV', 'NODE_OPTIONS']) delete env[name];
  return env;
}
