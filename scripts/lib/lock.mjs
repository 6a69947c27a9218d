import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './processes.mjs';

/**
 * Runs `work` while no other process of this checkout does. The file holds the owner's pid, so that the lock of
 * a killed process is taken over. `onWait(pid)` is called once when somebody else holds it.
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let told = false;
  while (!tryLock(path)) {
    const holder = Number(read(path));
    if (holder && !isAlive(holder)) takeAway(path, holder);
    else if (!told) {
      told = true;
      onWait(holder);
    }
    await delay(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** The pid is written first and linked into place, so a lock is never seen empty. */
function tryLock(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renaming is atomic, so of two that clear a dead lock one wins; a live lock caught by mistake is put back. */
function takeAway(path, deadHolder) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (Number(read(aside)) !== deadHolder) linkSync(aside, path);
  } catch {
    // Another process was faster.
  }
  rmSync(aside, { force: true });
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
