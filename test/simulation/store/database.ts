import type { Database, Queryable } from '#libs/platform';
import * as libsStore from '#libs/store';
import { commandStatements } from './commands.ts';
import { messageStatements } from './messages.ts';
import { moneyStatements } from './money.ts';
import { newRentalStatements } from './new-rentals.ts';
import { doubtStatements } from './purchase-doubt.ts';
import { purchaseStatements } from './purchases.ts';
import { rentalStatements } from './rentals.ts';
import type { Tables } from './tables.ts';

const store = libsStore as unknown as Record<string, (...parts: unknown[]) => Promise<unknown>>;

type Run = (tables: Tables, input: never) => object[];

interface Statement {
  name: string;
  /** Which argument each of $1, $2, … is. */
  parameters: (string | null)[];
  run: Run;
}

/** Those that others call come first: a statement belongs to the first function that runs it. */
const STATEMENTS: Record<string, Run> = {
  ...moneyStatements,
  ...messageStatements,
  ...newRentalStatements,
  ...purchaseStatements,
  ...doubtStatements,
  ...commandStatements,
  ...rentalStatements,
};

/** Names of the functions of libs/store that are mirrored. */
export const MIRRORED = Object.keys(STATEMENTS);

/**
 * Runs the SQL of libs/store on tables in memory. A statement without a mirror is an error; that each mirror does what
 * its SQL does is what test/models/store-mirror.test.ts shows.
 */
export function runStatement(tables: Tables, sql: string, values: unknown[] = []): object[] {
  const statement = statements.get(sql);
  if (!statement) throw new Error(`test/simulation/store has no mirror of this statement: ${sql}`);
  const input: Record<string, unknown> = {};
  statement.parameters.forEach((parameter, index) => {
    if (parameter !== null) input[parameter] = values[index];
  });
  return statement.run(tables, input as never);
}

/** A database of one caller: each statement and each transaction happens at once, none half. */
export function openMemoryDatabase(tables: Tables): Database {
  const query = async (sql: string, values?: unknown[]) => {
    const rows = runStatement(tables, sql, values);
    return { rows, rowCount: rows.length };
  };
  const queryable = { query } as unknown as Queryable;
  return {
    query: queryable.query,
    async transaction(work) {
      const undo = tables.snapshot();
      try {
        return await work(queryable);
      } catch (error) {
        undo();
        throw error;
      }
    },
    close: async () => undefined,
  };
}

/** Keeps the SQL of each function and the order of its parameters, by calling it with arguments that know their names. */
async function learn(): Promise<Map<string, Statement>> {
  const learned = new Map<string, Statement>();
  for (const name of Object.keys(STATEMENTS).filter((key) => !key.includes(':'))) {
    let count = 0;
    const query = async (sql: string, values: unknown[] = []) => {
      if (!learned.has(sql)) {
        count += 1;
        const run = STATEMENTS[count === 1 ? name : `${name}:${count}`];
        if (!run) throw new Error(`no mirror of statement ${count} of ${name}`);
        const parameters = values.map((value) => (typeof value === 'string' ? value : nameOf(value)));
        learned.set(sql, { name, parameters, run });
      }
      return { rows: [selfNaming()], rowCount: 1 };
    };
    const call = store[name];
    if (!call) throw new Error(`libs/store has no function ${name}`);
    await call({ query }, selfNaming(), selfNaming());
    if (count === 0) throw new Error(`${name} of libs/store runs no statement of its own`);
  }
  return learned;
}

const nameOf = (value: unknown): string | null => (value === null ? null : 'first');

/** A list of such objects gives the name of the column that is picked from each. */
function selfNaming(): object {
  const map = (pick: (row: object) => unknown) => pick(selfNaming());
  return new Proxy({ map }, { get: (target, key) => (key === 'map' ? target.map : nameOfKey(key)) });
}

const nameOfKey = (key: string | symbol): string | undefined => (typeof key === 'string' ? key : undefined);

const statements = await learn();
