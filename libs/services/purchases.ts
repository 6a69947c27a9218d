import type { Purchase } from '#libs/domain';
import { type Config, createBatcher, type Database } from '#libs/platform';
import {
  type ActivationRow,
  claimPurchases,
  type PurchaseClaim,
  type SoldNumber,
  settlePurchased,
} from '#libs/store';
import { doTogether } from './together.ts';

/** The way out for purchases: claims that one process makes at the same time share one statement, and so do settles. */
export interface Purchases {
  /** The row, now committed as `buying` with this claim; null when there is nothing to buy. */
  claim(wanted: PurchaseClaim): Promise<ActivationRow | null>;
  /**
   * The number was bought. Null when the claim was no longer held, or its reference lies in suspense; throws 23505 when
   * another rental has it. Nothing was written then.
   */
  settle(sold: PurchaseClaim & Purchase & { providerId: number }): Promise<ActivationRow | null>;
}

export interface PurchasesParts {
  db: Database;
  config: Pick<Config, 'activationLifetimeSeconds' | 'timings'>;
}

const LIMITS = { maxBatch: 200, maxRunning: 1 };

export function createPurchases({ db, config }: PurchasesParts): Purchases {
  const terms = {
    lifetimeSeconds: config.activationLifetimeSeconds,
    earliestCancelSeconds: config.timings.earliestCancelSeconds,
  };
  const claims = createBatcher({ run: each((wanted) => claimPurchases(db, wanted)), ...LIMITS });
  const settles = createBatcher({
    run: each((sold: SoldNumber[]) => settlePurchased(db, sold)),
    ...LIMITS,
  });
  return { claim: (wanted) => claims.add(wanted), settle: (sold) => settles.add({ ...terms, ...sold }) };
}

/** To each claim its row, or null. What the database does not take fails by itself. */
function each<Item extends PurchaseClaim>(
  write: (items: Item[]) => Promise<ActivationRow[]>,
): (batch: Item[]) => Promise<(ActivationRow | null | Error)[]> {
  const together = async (items: Item[]) => {
    const rows = new Map((await write(items)).map((row) => [row.claim, row]));
    return items.map(({ claim }) => rows.get(claim) ?? null);
  };
  const alone = async (item: Item) => (await together([item]))[0] ?? null;
  return (batch) => doTogether(batch, { together, alone });
}
