import type { Database } from '#libs/platform';
import { openMemoryDatabase, runStatement } from './store/database.ts';
import type { Tables } from './store/tables.ts';

/** A process as the product has several: all it has of its own is its clock. */
export interface SimulatedProcess {
  name: string;
  skewMs: number;
}

/**
 * One run of a job, a loop or a request. It stops after as many steps as it was given and may be resumed, at any later
 * time, or die there. A step is a statement or transaction that was committed, or a provider call that was carried
 * out: what is lost with the process is that it never learns of it.
 */
export class Task {
  readonly what: string;
  readonly process: SimulatedProcess;
  #steps: number;
  #parked: (() => void)[] = [];
  #dead = false;
  /** Set when all of its work is done or has failed. */
  ended = false;
  error: unknown = null;

  constructor(what: string, process: SimulatedProcess, steps: number) {
    this.what = what;
    this.process = process;
    this.#steps = steps;
  }

  get killed(): boolean {
    return this.#dead;
  }

  get parked(): boolean {
    return this.#parked.length > 0;
  }

  run(work: () => Promise<unknown>): void {
    work().then(
      () => {
        this.ended = true;
      },
      (error: unknown) => {
        this.ended = true;
        this.error = error;
      },
    );
  }

  /** The end of a step. Never comes back to a task that is dead. */
  step(): Promise<void> | undefined {
    if (this.#dead) return new Promise(() => undefined);
    if (this.#steps > 0) {
      this.#steps -= 1;
      return undefined;
    }
    return new Promise((resolve) => this.#parked.push(resolve));
  }

  resume(steps: number): void {
    this.#steps = steps;
    const parked = this.#parked;
    this.#parked = [];
    for (const proceed of parked) proceed();
  }

  kill(): void {
    this.#dead = true;
    this.#parked = [];
    this.ended = true;
  }
}

/** The tables as one task sees them: it can stop behind every statement, never inside a transaction. */
export function databaseOf(task: Task, tables: Tables, lock: TransactionLock): Database {
  const memory = openMemoryDatabase(tables);
  const query = async (sql: string, values?: unknown[]) => {
    while (lock.held) await lock.held;
    const rows = runStatement(tables, sql, values);
    await task.step();
    return { rows, rowCount: rows.length };
  };
  return {
    query: query as unknown as Database['query'],
    async transaction(work) {
      while (lock.held) await lock.held;
      const held = memory.transaction(work);
      lock.held = held.then(
        () => undefined,
        () => undefined,
      );
      try {
        return await held;
      } finally {
        lock.held = null;
        await task.step();
      }
    },
    close: async () => undefined,
  };
}

/** Transactions take turns, so that undoing one undoes nothing of another. */
export interface TransactionLock {
  held: Promise<void> | null;
}
