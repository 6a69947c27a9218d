import { spawnSync } from 'node:child_process';

let setprivWorks;

/**
 * The command to run so that the kernel sends `signal` to it when this process dies in any way. Where the
 * kernel or util-linux cannot, the command itself; `tethersWork()` tells.
 */
export function tethered(signal, command, args) {
  if (!tethersWork()) return [command, args];
  return ['setpriv', ['--pdeathsig', signal, '--', command, ...args]];
}

export function tethersWork() {
  setprivWorks ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true']).status === 0;
  return setprivWorks;
}
