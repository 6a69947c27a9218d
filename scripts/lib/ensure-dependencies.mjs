import { join } from 'node:path';
import { readJson } from './files.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { createProgress } from './progress.mjs';
import { run, Trouble } from './run.mjs';

const OLDEST_NODE = [20, 19];

/**
 * Installs what package-lock.json names when node_modules is missing or differs. npm's own record of what it
 * installed is compared, so an installation made by hand counts too.
 */
export async function ensureDependencies({ stream = process.stderr } = {}) {
  requireNode();
  if (installed()) return;
  const progress = createProgress(stream);
  await withLock(
    join(root, '.data', 'install.lock'),
    async () => {
      if (installed()) return;
      await progress.step('installing dependencies', install);
    },
    () => progress.line('… waiting for another command of this checkout that is installing dependencies'),
  );
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Trouble(
    `Node ${process.versions.node} is too old: smsx needs Node ${OLDEST_NODE.join('.')} or newer. Install it from https://nodejs.org and try again.`,
  );
}

function installed() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted) throw new Trouble('package-lock.json is missing or broken: restore it from the repository.');
  if (!present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    // Optional packages are for other platforms, or failed to build and are done without.
    return present[path] ? present[path].version === entry.version : Boolean(entry.optional);
  });
}

async function install() {
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund', '--yes'];
  const npm = process.env.npm_execpath ?? '';
  const [command, prefix] = /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
  const { code, output } = await run(command, [...prefix, ...args], { cwd: root });
  if (code === 0) return;
  throw new Trouble(
    `The dependencies could not be installed: npm ci ended with code ${code}.\n\n${output.trim() || '(it printed nothing)'}\n\n` +
      'Check the network and the npm registry setting (npm config get registry), then run the same command again.',
  );
}
