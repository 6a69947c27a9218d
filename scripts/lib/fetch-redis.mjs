import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, Trouble } from './run.mjs';

const SERVERS = ['redis-server', 'valkey-server'];

/**
 * Debian and Ubuntu: takes the distribution's own package apart into `folder` without root and without changing
 * the system. apt gets list and cache folders of its own, and checks signatures as always.
 */
export async function fetchRedis(folder) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) {
    throw new Trouble(advice('No redis-server was found on this machine.'));
  }
  const workshop = `${folder}.new`;
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(join(workshop, 'debs'), { recursive: true });
  try {
    await unpack(workshop, await download(workshop));
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(workshop, 'tree'), folder);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** The server in an unpacked tree and where its libraries lie: { binary, libraryPath }; null when there is none. */
export function findFetched(folder) {
  const binary = SERVERS.map((name) => join(folder, 'usr/bin', name)).find((path) => existsSync(path));
  if (!binary) return null;
  const libraries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.so(\.|$)/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return { binary, libraryPath: [...new Set(libraries)].join(':') };
}

export function serverEnvironment({ libraryPath }) {
  return libraryPath ? { ...process.env, LD_LIBRARY_PATH: libraryPath } : process.env;
}

async function download(workshop) {
  const apt = aptIn(workshop);
  // A source that cannot be reached is apt's to report; what counts is whether the package is found.
  const update = await apt('-qq', 'update');
  for (const server of SERVERS) {
    const packages = (await neededFor(apt, server)) ?? [server];
    const { code } = await apt('-qq', 'download', ...packages);
    if (code === 0) return server;
  }
  throw new Trouble(advice(`redis-server could not be fetched with apt-get.\n\n${update.output.trim()}`));
}

/** The package and those of its dependencies which this system lacks. */
async function neededFor(apt, server) {
  const { code, output } = await apt('-s', '--no-install-recommends', 'install', server);
  const names = [...output.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]);
  return code === 0 && names.length > 0 ? names : null;
}

async function unpack(workshop, server) {
  const tree = join(workshop, 'tree');
  const debs = readdirSync(join(workshop, 'debs')).filter((name) => name.endsWith('.deb'));
  for (const deb of debs) {
    const { code, output } = await run('dpkg-deb', ['-x', join(workshop, 'debs', deb), tree]);
    if (code !== 0) throw new Trouble(`The package ${deb} could not be unpacked: ${output.trim()}`);
  }
  const found = findFetched(tree);
  const trial = found && (await run(found.binary, ['--version'], { env: serverEnvironment(found) }));
  if (trial?.code !== 0)
    throw new Trouble(
      advice(`The fetched ${server} does not run here: ${trial?.output.trim() ?? 'no binary'}`),
    );
}

function aptIn(workshop) {
  const config = join(workshop, 'apt.conf');
  mkdirSync(join(workshop, 'lists/partial'), { recursive: true });
  mkdirSync(join(workshop, 'cache/archives/partial'), { recursive: true });
  writeFileSync(
    config,
    [
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      `Dir::State::Lists "${join(workshop, 'lists')}";`,
      `Dir::Cache "${join(workshop, 'cache')}";`,
      'APT::Sandbox::User "";',
      'Acquire::Languages "none";',
      'Debug::NoLocking "true";',
    ].join('\n'),
  );
  const env = { ...process.env, LC_ALL: 'C' };
  return (...args) => run('apt-get', ['-c', config, ...args], { cwd: join(workshop, 'debs'), env });
}

function advice(problem) {
  return `${problem}

smsx needs Redis 6.2 or newer (or Valkey). Any one of these helps, then run the same command again:
  macOS            brew install redis
  Debian, Ubuntu   sudo apt-get install redis-server
  Docker           docker run -d -p 127.0.0.1:6379:6379 redis:8 --maxmemory-policy noeviction
                   and set REDIS_URL=redis://127.0.0.1:6379`;
}
