import type { Micros, PublicError } from '#libs/domain';
import { prepared, type Queryable, sqlState } from '#libs/platform';
import type { IdempotencyClaim } from './idempotency.ts';
import { availableOf, INSUFFICIENT_FUNDS, insufficientFunds } from './wallets.ts';

export interface NewRental {
  userId: number;
  apiKey: string;
  providerId: number;
  service: string;
  country: number;
  /** What is held in the wallet. */
  priceMicros: Micros;
  maxCostMicros: Micros;
  clientRef: string | null;
  callbackUrl: string | null;
  buySeconds: number;
  /** The key to take with it. */
  idempotency: IdempotencyClaim | null;
}

/** The id of the new rental; null when its key is taken; or the error that there is not enough in the wallet. */
export type AcceptedRental = number | null | PublicError;

/**
 * Takes in rentals that come together, each with its hold and its idempotency record, in one commit: one result for
 * each, in their order. Throws SX402, and nothing is done, when a wallet was emptied just now: ask for each by itself.
 */
export async function insertRentals(db: Queryable, rentals: readonly NewRental[]): Promise<AcceptedRental[]> {
  const { rows } = await db.query<{ id: number | null; available: Micros | null }>(ACCEPT, [
    rentals.map((rental) => rental.userId),
    rentals.map((rental) => rental.apiKey),
    rentals.map((rental) => rental.providerId),
    rentals.map((rental) => rental.service),
    rentals.map((rental) => rental.country),
    rentals.map((rental) => rental.priceMicros),
    rentals.map((rental) => rental.maxCostMicros),
    rentals.map((rental) => rental.clientRef),
    rentals.map((rental) => rental.callbackUrl),
    rentals.map((rental) => rental.buySeconds),
    rentals.map((rental) => rental.idempotency?.scope ?? null),
    rentals.map((rental) => rental.idempotency?.route ?? null),
    rentals.map((rental) => rental.idempotency?.key ?? null),
    rentals.map((rental) => rental.idempotency?.requestHash ?? null),
  ]);
  return rentals.map((rental, index) => {
    const { id = null, available = null } = rows[index] ?? {};
    return available === null ? id : insufficientFunds(rental.priceMicros, available);
  });
}

/** The same for one. Its key is taken: null. */
export async function insertRental(db: Queryable, rental: NewRental): Promise<AcceptedRental> {
  try {
    return (await insertRentals(db, [rental]))[0] ?? null;
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_FUNDS) throw error;
    return insufficientFunds(rental.priceMicros, availableOf(error), error);
  }
}

const ACCEPT = prepared(`
  SELECT activation_id AS id, available_micros AS available
  FROM accept_rentals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`);
