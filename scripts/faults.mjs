import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { faultTable } from './lib/fault-table.mjs';
import { root } from './lib/paths.mjs';
import { reportAndFail, Trouble } from './lib/run.mjs';

const FOLDER = join(root, 'test/faults');
const HELP = `npm run faults [-- F12 F13 …] [--seed N] [--minutes N] [--list]

Pulls every plug: real processes, real PostgreSQL and Redis, sandbox providers. Without a name all faults are run.
  --seed N      repeats the choices of a run that printed this seed
  --minutes N   how long the soak lasts (default 30); it is run by its name only: npm run faults -- SOAK
  --list        tells the faults and their criteria`;

try {
  process.exitCode = await main();
} catch (error) {
  reportAndFail(error);
}

async function main() {
  const { values, positionals } = readArguments();
  if (values.help) return say(HELP);
  const known = listFaults();
  if (values.list)
    return say(known.map(({ id, title, criterion }) => `${id}  ${title}: ${criterion}`).join('\n'));
  const wanted = positionals.map((name) => name.toUpperCase());
  const stranger = wanted.find((name) => !known.some(({ id }) => id === name));
  if (stranger)
    throw new Trouble(`There is no fault ${stranger}; npm run faults -- --list tells all of them.`);
  const seed = values.seed ?? String((Date.now() % 1_000_000) + 1);
  if (!/^[1-9]\d{0,8}$/.test(seed))
    throw new Trouble(`--seed ${seed} is not a whole number from 1 to 999999999.`);
  const asked = known.filter(({ id, byName }) => (wanted.length > 0 ? wanted.includes(id) : !byName));
  return runFaults(asked, { seed, minutes: values.minutes });
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string', default: '30' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Trouble(`${error.message}\n\n${HELP}`);
  }
}

function say(text) {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** The faults as their files name them, in the order of their numbers. */
function listFaults() {
  const faults = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(FOLDER, file), 'utf8');
      const entries = source.matchAll(/id: '([A-Z0-9]+)',\s+title:\s+'([^']+)',\s+criterion:\s+'([^']+)'/g);
      return [...entries].map(([, id, title, criterion]) => ({
        id,
        title,
        criterion,
        byName: id === 'SOAK',
        file: join('test/faults', file),
      }));
    });
  const rank = ({ id }) => Number(id.replace(/\D/g, '')) || 1_000;
  return faults.sort((a, b) => rank(a) - rank(b));
}

async function runFaults(faults, { seed, minutes }) {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-faults-'));
  const report = join(folder, 'report.jsonl');
  const started = performance.now();
  say(`Seed ${seed}: npm run faults -- --seed ${seed} repeats every choice.`);
  try {
    const code = await runTests([...new Set(faults.map(({ file }) => file))], {
      ...process.env,
      SMSX_FAULTS: 'full',
      SMSX_FAULTS_ONLY: faults.map(({ id }) => id).join(','),
      SMSX_FAULTS_SEED: seed,
      SMSX_FAULTS_MINUTES: minutes,
      SMSX_FAULTS_REPORT: report,
    });
    const lines = existsSync(report)
      ? readFileSync(report, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
    const { text, complete } = faultTable(faults, lines);
    say(`\n${text}\n\nSeed ${seed}, ${Math.round((performance.now() - started) / 1_000)} s.`);
    return code || (complete ? 0 : 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Most of a fault is waiting, so three files share two cores; with four, time limits are missed for want of CPU. Each
 * has its own processes and services.
 */
function runTests(files, env) {
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/test.mjs'), '--timeout=3600', '--jobs=3', ...files],
    {
      cwd: root,
      env,
      stdio: 'inherit',
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
