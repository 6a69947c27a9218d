import { PublicError } from '#libs/domain';
import { createBatcher, type Database } from '#libs/platform';
import {
  type AcceptedRental,
  type ActivationRow,
  findEachActivation,
  type IdempotencyClaim,
  insertRental,
  insertRentals,
  type KeptReply,
  keepReplies,
  type NewRental,
  type QuoteFacts,
  type QuoteQuestion,
  readQuoteFacts,
} from '#libs/store';
import { doTogether } from './together.ts';

/** The way in for rentals: what one process looks up or takes in at the same time shares one statement. */
export interface RentIntake {
  /** What a rental's price and its refusals depend on, as it is now. */
  look(question: QuoteQuestion): Promise<QuoteFacts>;
  /** The id of the new rental, or null when its key is taken. Throws `insufficient_funds`. */
  accept(rental: NewRental): Promise<number | null>;
  /** The row of a rental of this user, or null. */
  read(key: RentalKey): Promise<ActivationRow | null>;
  /**
   * Keeps a reply under its key in the background. Only for replies that come out the same, to the byte, when they are
   * made from the row again: until it is kept, and if it never is, that is what a repeated request gets.
   */
  keepLater(claim: IdempotencyClaim, reply: { status: number; body: string }): void;
}

export interface RentalKey {
  id: number;
  userId: number;
}

/** The database's work for one rental is 0.2 ms: a batch holds the wallets in it for 10 ms at most. */
const BATCH = 50;
/** More than that is some seconds of work: better said at once than after the caller has gone. */
const MOST_WAITING = 1_000;

export function createRentIntake(db: Database): RentIntake {
  const error = () => new PublicError('overloaded', { retryAfterSeconds: 1 });
  const limits = { maxBatch: BATCH, maxRunning: 1, overflow: { maxWaiting: MOST_WAITING, error } };
  const looks = createBatcher<QuoteQuestion, QuoteFacts>({ run: (batch) => lookAll(db, batch), ...limits });
  const rentals = createBatcher<NewRental, number | null>({
    run: (batch) => insertAll(db, batch),
    ...limits,
  });
  const reads = createBatcher<RentalKey, ActivationRow | null>({
    run: (keys) => findEachActivation(db, keys),
    maxBatch: BATCH,
    maxRunning: 1,
  });
  const replies = createBatcher<KeptReply, void>({
    run: async (batch) => {
      await keepReplies(db, batch);
      return batch.map(() => undefined);
    },
    ...limits,
  });
  return {
    look: (question) => looks.add(question),
    accept: (rental) => rentals.add(rental),
    read: (key) => reads.add(key),
    keepLater(claim, reply) {
      const { scope, route, key } = claim;
      replies.add({ scope, route, key, ...reply }).catch(() => undefined);
    },
  };
}

function lookAll(db: Database, batch: QuoteQuestion[]): Promise<(QuoteFacts | Error)[]> {
  const together = (questions: QuoteQuestion[]) => readQuoteFacts(db, questions);
  const alone = async (question: QuoteQuestion) => only(await together([question]));
  return doTogether(batch, { together, alone });
}

/** Each is asked for by itself when a wallet was emptied between the look into it and the hold. */
function insertAll(db: Database, batch: NewRental[]): Promise<(AcceptedRental | Error)[]> {
  return doTogether<NewRental, AcceptedRental>(batch, {
    together: (rentals) => insertRentals(db, rentals),
    alone: (rental) => insertRental(db, rental),
  });
}

function only<Value>(values: Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error('one question has no answer');
  return value;
}
