import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Null when a process's files can be kept from growing here, else why not. */
export function fullDiskProblem(): string | null {
  const found = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;
  return found ? null : 'skipped: prlimit (util-linux) is not here, so no disk can be made to look full';
}

/**
 * From now on no file of the process and of those it started grows beyond `bytes`: writing there fails with EFBIG, as
 * it fails with ENOSPC on a full disk. `null` lifts it.
 */
export function limitFiles(pid: number, bytes: number | null): void {
  for (const each of [pid, ...childrenOf(pid)])
    spawnSync('prlimit', ['--pid', String(each), `--fsize=${bytes ?? 'unlimited'}:unlimited`]);
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

/** The fourth word of `stat`; the second one, in brackets, may hold anything. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
