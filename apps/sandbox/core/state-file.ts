import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SandboxState } from './state.ts';

export interface StateFile {
  /** The saved state, or null when there is none yet. Throws when the file is not one of ours. */
  load(): SandboxState | null;
  /** Saves soon; many calls make one write. */
  touch(state: SandboxState): void;
  /** Saves now what is still waiting to be saved. */
  flush(): void;
}

const MAP_FIELDS = ['messages', 'rentals', 'changedOffers'] as const;
const SHORTEST_WAIT_MS = 200;

/** Keeps the state as one JSON file, replaced by rename so that a reader never meets half of it. */
export function createStateFile(path: string | undefined): StateFile {
  if (path === undefined) return { load: () => null, touch: () => {}, flush: () => {} };
  let timer: NodeJS.Timeout | null = null;
  let waiting: SandboxState | null = null;
  let waitMs = SHORTEST_WAIT_MS;
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (!waiting) return;
    const startedAt = performance.now();
    write(path, waiting);
    waiting = null;
    // A large state is written less often, so that saving takes at most a tenth of the time.
    waitMs = Math.max(SHORTEST_WAIT_MS, 10 * (performance.now() - startedAt));
  };
  return {
    load: () => read(path),
    touch(state) {
      waiting = state;
      timer ??= setTimeout(flush, waitMs);
    },
    flush,
  };
}

function write(path: string, state: SandboxState): void {
  const plain: Record<string, unknown> = { version: 1, ...state };
  for (const field of MAP_FIELDS) plain[field] = [...state[field]];
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(
    temporary,
    JSON.stringify(plain, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
    {
      mode: 0o600,
    },
  );
  renameSync(temporary, path);
}

function read(path: string): SandboxState | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return revive(text);
  } catch (error) {
    throw new Error(
      `The sandbox state ${path} cannot be read (${String(error)}). Remove the file to begin afresh.`,
    );
  }
}

function revive(text: string): SandboxState {
  const plain = JSON.parse(text, (key, value) => (key.endsWith('Micros') ? BigInt(value) : value));
  if (plain?.version !== 1) throw new Error(`unknown version ${plain?.version}`);
  for (const field of MAP_FIELDS) plain[field] = new Map(plain[field]);
  const { version: _version, ...state } = plain;
  return state;
}
