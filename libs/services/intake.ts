import { PublicError } from '#libs/domain';
import type { Job, Producer } from '#libs/jobs';
import { createBatcher, type Database, isDatabaseUnavailable, sqlState } from '#libs/platform';
import { insertMessages, type NewMessage } from '#libs/store';

/** The way in for messages: all that one process takes in at the same time shares one statement and one commit. */
export interface Intake {
  /** False when nothing was inserted: its key is taken, or the SMS provider refuses. Throws as the database does. */
  accept(message: NewMessage): Promise<boolean>;
  /** Puts the job of an accepted message into its queue, together with others. A failure is left to the sweep. */
  nudge(job: Job): void;
}

const BATCH = 200;
/** More than that is some seconds of work: better said at once than after the caller has gone. */
const MOST_WAITING = 2_000;
const SQL_STATE = /^[0-9A-Z]{5}$/;

export function createIntake({ db, jobs }: { db: Database; jobs: Producer }): Intake {
  const error = () => new PublicError('overloaded', { retryAfterSeconds: 1 });
  const limits = { maxBatch: BATCH, maxRunning: 1, overflow: { maxWaiting: MOST_WAITING, error } };
  const messages = createBatcher<NewMessage, boolean>({
    run: (batch) => insertAll(db, batch),
    ...limits,
  });
  const nudges = createBatcher<Job, boolean>({
    async run(batch) {
      const added = await jobs.enqueueMany(batch);
      return batch.map(() => added);
    },
    ...limits,
  });
  return {
    accept: (message) => messages.add(message),
    nudge(job) {
      nudges.add(job).catch(() => undefined);
    },
  };
}

/** One row that the database does not take must not cost the others theirs: then each is inserted by itself. */
async function insertAll(db: Database, batch: NewMessage[]): Promise<(boolean | Error)[]> {
  try {
    const inserted = await insertMessages(db, batch);
    return batch.map(({ id }) => inserted.has(id));
  } catch (error) {
    if (batch.length === 1 || !wasRefused(error)) throw error;
  }
  const results: (boolean | Error)[] = [];
  let lost: Error | null = null;
  for (const message of batch) {
    // Without a database the rest of the batch would wait for it row by row.
    const result: boolean | Error = lost ?? (await insertOne(db, message));
    if (result instanceof Error && !wasRefused(result)) lost = result;
    results.push(result);
  }
  return results;
}

async function insertOne(db: Database, message: NewMessage): Promise<boolean | Error> {
  try {
    return (await insertMessages(db, [message])).size === 1;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** PostgreSQL answered and nothing was inserted; otherwise nobody knows, and nobody may insert again. */
function wasRefused(error: unknown): boolean {
  return !isDatabaseUnavailable(error) && SQL_STATE.test(sqlState(error) ?? '');
}
