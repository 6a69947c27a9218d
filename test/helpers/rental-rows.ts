import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '#libs/platform';
import {
  type ActivationRow,
  abandonPurchases,
  claimPurchase,
  createUser,
  insertActivation,
  moveMoney,
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

/** A purchase whose provider is being asked: hold made, claim taken. */
export async function newPurchase(db: Queryable, userId: number, country = 22): Promise<Purchase> {
  const id = await insertActivation(db, {
    userId,
    apiKey: 'k',
    providerId: 1,
    service: 'tg',
    country,
    priceMicros: PRICE,
    maxCostMicros: COST,
    clientRef: null,
    callbackUrl: null,
    buySeconds: 60,
  });
  await moveMoney(db, { userId, kind: 'hold', amountMicros: PRICE, activationId: id, reason: 'rental' });
  const held = { id, epoch: 1, claim: randomUUID() };
  const activation = await claimPurchase(db, held);
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
