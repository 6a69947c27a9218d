import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A zombie counts as dead: a container's first process may never collect it. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return statOf(pid)?.state !== 'Z';
}

/** Null when the process is gone or cannot be looked at. */
export function parentOf(pid) {
  if (process.platform === 'linux') return statOf(pid)?.parent ?? null;
  const parent = Number(ps('ppid=', pid));
  return parent > 0 ? parent : null;
}

/** The command line as one string; empty when the process is gone. */
export function commandOf(pid) {
  if (process.platform !== 'linux') return ps('command=', pid);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Sends each signal in turn, waiting in between; true once the process is gone. */
export async function endProcess(pid, steps) {
  for (const [signal, patienceMs] of steps) {
    if (!signalIfAlive(pid, signal)) return true;
    if (await waitUntil(() => !isAlive(pid), patienceMs)) return true;
  }
  return !isAlive(pid);
}

/** Polls a condition; false when the time is over first. */
export async function waitUntil(condition, patienceMs, everyMs = 25) {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await delay(everyMs);
  }
  return true;
}

function signalIfAlive(pid, signal) {
  if (!isAlive(pid)) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

function statOf(pid) {
  if (process.platform !== 'linux') return null;
  try {
    // The name in parentheses may hold anything, so fields are counted from its last closing one.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

function ps(column, pid) {
  return spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
