import { commandOf, parentOf } from './processes.mjs';

const EVERY_MS = 400;

/**
 * Calls `onGone` when npm, which started this process through a shell, was killed: a SIGKILL is passed on to
 * nobody. A process that was not started by npm may outlive the one that started it, as under nohup.
 */
export function watchParents(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const chain = npmChain();
  if (chain.length === 0) return;
  const timer = setInterval(() => {
    if (chain.every(({ pid, parent }) => currentParent(pid) === parent)) return;
    clearInterval(timer);
    onGone();
  }, EVERY_MS);
  timer.unref();
}

/** The links from this process up to npm; empty when npm is not above it. */
function npmChain() {
  const chain = [];
  for (let pid = process.pid; chain.length < 4; ) {
    const parent = currentParent(pid);
    if (!parent || parent === 1) return [];
    chain.push({ pid, parent });
    if (/\bnpm\b/.test(commandOf(parent).split(' ').slice(0, 2).join(' '))) return chain;
    pid = parent;
  }
  return [];
}

function currentParent(pid) {
  return pid === process.pid ? process.ppid : parentOf(pid);
}
