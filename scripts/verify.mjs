import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { checkImportRules } from './lib/import-rules.mjs';
import { root } from './lib/paths.mjs';
import { createProgress } from './lib/progress.mjs';
import { reportAndFail, run, Trouble } from './lib/run.mjs';

const modules = join(root, 'node_modules');

// What CI runs. `--no-tests` leaves out the tests, for a run that had them already.
const STEPS = [
  ['format and lint', () => node(join(modules, '@biomejs/biome/bin/biome'), 'check', '--error-on-warnings')],
  ['types', () => node(join(modules, 'typescript/lib/tsc.js'), '-p', root)],
  ['import rules', checkImportRules],
  ['tests', () => node(join(root, 'scripts/test.mjs'))],
  ['build', () => node(join(root, 'scripts/build.mjs'))],
  ['smoke run of the build', () => node(join(root, 'scripts/smoke.mjs'))],
];

try {
  await ensureDependencies({ stream: process.stdout });
  const failed = await verify(
    STEPS.filter(([name]) => name !== 'tests' || !process.argv.includes('--no-tests')),
  );
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  reportAndFail(error);
}

async function verify(steps) {
  const progress = createProgress(process.stdout);
  const faults = [];
  for (const [name, check] of steps) {
    try {
      await progress.step(name, async (relabel) => {
        const detail = await check();
        if (detail) relabel(`${name} (${detail})`);
      });
    } catch (error) {
      faults.push({ name, message: error instanceof Trouble ? error.message : error.stack });
    }
  }
  for (const { name, message } of faults) process.stdout.write(`\n── ${name} ──\n${message}\n`);
  process.stdout.write(`\n${steps.length - faults.length} passed, ${faults.length} failed\n`);
  return faults.length;
}

/** Runs a Node program; its last line is the detail when it is a count. */
async function node(...args) {
  if (!existsSync(args[0])) throw new Trouble(`${args[0]} is missing: run npm ci.`);
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) throw new Trouble(output.trim() || `ended with code ${code}`);
  const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
  return /^\d+ passed/.test(lastLine) ? lastLine : '';
}
