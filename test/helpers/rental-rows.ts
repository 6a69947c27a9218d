import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '#libs/platform';
import {
  type ActivationRow,
  abandonPurchases,
  claimPurchases,
  createUser,
  insertRental,
  moveMoney,
  type NewRental,
  type PurchaseClaim,
} from '#libs/store';

export const PRICE = 500_000n;
export const COST = 300_000n;

/** A wallet user with ten dollars. */
export async function newPayer(db: Database): Promise<number> {
  const user = await createUser(db, { id: null, name: 'partner' });
  if (!user) throw new Error('no user was created');
  await moveMoney(db, { userId: user.id, kind: 'credit', amountMicros: 10_000_000n, reason: 'test' });
  return user.id;
}

export interface Purchase {
  activation: ActivationRow;
  held: PurchaseClaim;
}

export function newRental(userId: number, changes: Partial<NewRental> = {}): NewRental {
  return {
    ...{
      userId,
      apiKey: 'k',
      providerId: 1,
      service: 'tg',
      country: 22,
      priceMicros: PRICE,
      maxCostMicros: COST,
    },
    ...{ clientRef: null, callbackUrl: null, buySeconds: 600, idempotency: null, ...changes },
  };
}

/** A purchase whose provider is being asked: hold made, claim taken. */
export async function newPurchase(db: Queryable, userId: number, country = 22): Promise<Purchase> {
  const id = await insertRental(db, newRental(userId, { country }));
  if (typeof id !== 'number') throw id ?? new Error('its key is taken');
  const held = { id, epoch: 1, claim: randomUUID() };
  const [activation] = await claimPurchases(db, [held]);
  if (!activation) throw new Error('the purchase could not be claimed');
  return { activation, held };
}

/** The same, its worker given up: nobody knows what came of it. */
export async function newUnknownPurchase(db: Queryable, userId: number, country = 22): Promise<Purchase> {
  const purchase = await newPurchase(db, userId, country);
  await db.query(`UPDATE activations SET call_started_at = now() - interval '5 minutes' WHERE id = $1`, [
    purchase.held.id,
  ]);
  await abandonPurchases(db, { olderThanSeconds: 240, holdSeconds: 3_600, limit: 100 });
  return purchase;
}

/** As if its time had come. */
export async function releaseTimeIsOver(db: Queryable, id: number): Promise<void> {
  await db.query('UPDATE activations SET release_at = now() WHERE id = $1', [id]);
}
