import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { root } from './lib/paths.mjs';
import { createProgress } from './lib/progress.mjs';
import { reportAndFail, run, Trouble } from './lib/run.mjs';
import { SAFEGUARDS } from './lib/safeguards.mjs';

const TABLE = 'docs/mutations.md';

// Proves the suite: takes away one safeguard at a time in a copy of the tree, and expects the tests to fail.
// `npm run mutations [-- <part of a name>] [--write]`; --write renews docs/mutations.md.
try {
  await ensureDependencies({ stream: process.stdout });
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  reportAndFail(error);
}

async function main(args) {
  const part = args.find((arg) => !arg.startsWith('--')) ?? '';
  const chosen = SAFEGUARDS.filter(({ name }) => name.includes(part));
  if (chosen.length === 0) throw new Trouble(`No safeguard has "${part}" in its name.`);
  const copy = copyTree();
  try {
    const progress = createProgress(process.stdout);
    await progress.step('the tests pass on the unchanged copy', () => expectPass(copy, chosen));
    const results = [];
    for (const safeguard of chosen) {
      await progress.step(`without ${safeguard.name}`, async (relabel) => {
        const result = await tryWithout(copy, safeguard);
        relabel(`without ${safeguard.name}: ${result.killed ? `found by ${result.by}` : 'SURVIVED'}`);
        results.push(result);
      });
    }
    return conclude(results, args.includes('--write') && part === '');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The files that git knows or would take, so that running tests and the checkout itself stay untouched. */
function copyTree() {
  const listing = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  if (listing.status !== 0)
    throw new Trouble('The safeguards are taken away in a copy made by git: run this in a clone.');
  const copy = mkdtempSync(join(tmpdir(), 'smsx-mutations-'));
  for (const file of String(listing.stdout)
    .split('\0')
    .filter((path) => path && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  rmSync(join(copy, 'node_modules'), { recursive: true, force: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const redis = join(root, '.data/bin');
  if (existsSync(redis)) cpSync(redis, join(copy, '.data/bin'), { recursive: true });
  return copy;
}

async function expectPass(copy, safeguards) {
  const files = [...new Set(safeguards.flatMap(({ tests }) => tests))];
  const { code, output } = await test(copy, files);
  if (code !== 0)
    throw new Trouble(`The tests fail before anything was taken away:\n${output.slice(-4_000)}`);
}

async function tryWithout(copy, { name, protects, file, find, replace, tests, histories }) {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) {
    throw new Trouble(
      `"${name}": its text occurs ${source.split(find).length - 1} times in ${file}, expected once.`,
    );
  }
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    const env = histories ? { SMSX_SIMULATION_RUNS: String(histories) } : {};
    const { code, output } = await test(copy, [...tests, '--bail'], env);
    return { name, protects, file, killed: code !== 0 && /^✗ /m.test(output), by: firstFailure(output) };
  } finally {
    writeFileSync(path, source);
  }
}

function test(copy, args, env = {}) {
  return run(process.execPath, [join(copy, 'scripts/test.mjs'), '--timeout=600', ...args], {
    cwd: copy,
    env: { ...process.env, ...env },
  });
}

/** The first failed assertion's file and test. */
function firstFailure(output) {
  const [, line = ''] = /^✗ (.+)$/m.exec(output) ?? [];
  const [file = '', name = ''] = line.replace(/ \(seed \d+\)/, '').split(' › ');
  return name ? `${file} › ${name}` : file.replace(/:.*/, '');
}

function conclude(results, write) {
  const survivors = results.filter(({ killed }) => !killed);
  if (write) writeFileSync(join(root, TABLE), page(results));
  process.stdout.write(`\n${results.length - survivors.length} passed, ${survivors.length} failed\n`);
  return survivors.length > 0 ? 1 : 0;
}

function page(results) {
  const rows = results.map(
    ({ name, protects, file, killed, by }) =>
      `| ${name} | ${protects} | \`${file}\` | ${killed ? by : '**survived**'} |`,
  );
  return `# The suite without a safeguard

\`npm run mutations\` takes away one safeguard at a time in a copy of the tree and runs the tests named here; each must
fail. A safeguard that nobody would miss is no safeguard, and a suite that does not miss it proves nothing. The list is
\`scripts/lib/safeguards.mjs\`; \`npm run mutations -- --write\` renews this page.

| without | which sees to it that | in | fails |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
