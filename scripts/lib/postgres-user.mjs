import { chmodSync, chownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { run, Trouble } from './run.mjs';

/**
 * PostgreSQL refuses root and users without a name. Resolves with a function that turns a command into one which
 * PostgreSQL accepts: itself for a normal user; under root in a user namespace, which needs no other owner of the
 * data; where namespaces are forbidden, as another user who then owns `data`.
 */
export async function postgresUser() {
  if (process.getuid?.() === undefined || isNamedUser())
    return { wrap: (command, args) => [command, args], own: () => {} };
  const stranger = namedUser();
  const namespace = ['--user', `--map-user=${stranger.uid}`, `--map-group=${stranger.gid}`, '--'];
  if ((await run('unshare', [...namespace, 'true'])).code === 0) {
    return { wrap: (command, args) => ['unshare', [...namespace, command, ...args]], own: () => {} };
  }
  const identity = [`--reuid=${stranger.uid}`, `--regid=${stranger.gid}`, '--clear-groups', '--'];
  if ((await run('setpriv', [...identity, 'true'])).code === 0) {
    return {
      wrap: (command, args) => ['setpriv', [...identity, command, ...args]],
      own: (folder) => giveTo(folder, stranger),
    };
  }
  throw new Trouble(
    'PostgreSQL does not run as root, and neither unshare nor setpriv (util-linux) works here. ' +
      'Run this command as a normal user, or set DATABASE_URL to a PostgreSQL 14 or newer.',
  );
}

function isNamedUser() {
  if (process.getuid() === 0) return false;
  try {
    return Boolean(userInfo().username);
  } catch {
    return false;
  }
}

/** Any user other than root whom /etc/passwd names; `nobody` exists nearly everywhere. */
function namedUser() {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((user) => user.uid > 0);
  const user =
    users.find(({ uid }) => uid === 1000) ?? users.find(({ name }) => name === 'nobody') ?? users[0];
  if (user) return user;
  throw new Trouble(
    'PostgreSQL does not run as root, and /etc/passwd names no other user. Set DATABASE_URL instead.',
  );
}

function giveTo(folder, { name, uid, gid }) {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) letThrough(above, name);
  for (const entry of readdirSync(folder, { recursive: true })) chownSync(join(folder, entry), uid, gid);
  chownSync(folder, uid, gid);
}

/** Our own folders are opened for passing through; others are left as they are. */
function letThrough(folder, name) {
  const { mode, uid } = statSync(folder);
  if (mode & 0o001) return;
  if (uid === 0 && /\.data$|smsx-test-/.test(folder)) return chmodSync(folder, mode | 0o011);
  throw new Trouble(
    `PostgreSQL does not run as root, and the user ${name} cannot pass through ${folder}. Move the checkout to a folder ` +
      'that everyone may enter (chmod o+x), run as a normal user, or set DATABASE_URL.',
  );
}
