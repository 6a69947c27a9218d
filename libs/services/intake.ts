import { PublicError } from '#libs/domain';
import type { Job, Producer } from '#libs/jobs';
import { createBatcher, type Database } from '#libs/platform';
import { insertMessages, type NewMessage } from '#libs/store';
import { doTogether } from './together.ts';

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

function insertAll(db: Database, batch: NewMessage[]): Promise<(boolean | Error)[]> {
  return doTogether(batch, {
    async together(messages) {
      const inserted = await insertMessages(db, messages);
      return messages.map(({ id }) => inserted.has(id));
    },
    alone: async (message) => (await insertMessages(db, [message])).size === 1,
  });
}
