import type { Micros } from '#libs/domain';
import { type Database, openDatabase } from '#libs/platform';
import { checkInvariants, createUser, type Movement } from '#libs/store';
import type { Teardown } from '../../helpers/services.ts';

/** A pool on a test's database, closed in teardown. */
export function openTestDatabase(t: Teardown, url: string): Database {
  const db = openDatabase({ url, applicationName: 'test', onError: () => undefined });
  t.teardown(() => db.close());
  return db;
}

export async function newWallet(db: Database): Promise<number> {
  const user = await createUser(db, { id: null, name: 'partner' });
  if (!user) throw new Error('no user was created');
  return user.id;
}

export function credit(userId: number, amountMicros: Micros): Movement {
  return { userId, kind: 'credit', amountMicros, reason: 'top-up' };
}

/** The rules of money that need no rentals. */
export async function brokenRules(db: Database): Promise<string[]> {
  const results = await checkInvariants(db);
  return results
    .filter(({ id, violations }) => ['I1', 'I2.balance', 'I2.versions'].includes(id) && violations > 0)
    .map(({ id, examples }) => `${id}: ${examples}`);
}
