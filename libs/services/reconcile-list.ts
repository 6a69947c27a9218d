import { type Micros, maskPhone } from '#libs/domain';
import {
  listDeniedRentals,
  listOpenSuspense,
  listUnknownMessages,
  listUnknownPurchases,
  type SuspenseKind,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { DENIED_SECONDS } from './end-rentals.ts';

/** What may be decided about each kind of item. */
export const DECISIONS = {
  suspense: ['written-off', 'refunded'],
  purchase: ['bought', 'not-bought'],
  message: ['sent', 'not-sent'],
  rental: ['cancelled'],
} as const;

export type ItemKind = keyof typeof DECISIONS;
export type ItemDecision = (typeof DECISIONS)[ItemKind][number];

/** Something that only a person can find out, by looking at the provider's own records. */
export interface ReconcileItem {
  /** Names it in `smsx reconcile resolve`: `suspense:12`, `purchase:34`, `rental:34`, `message:<uuid>`. */
  item: string;
  kind: ItemKind;
  /** In words, without a full number. */
  what: string;
  since: Date;
  /** When the background ends it by itself; null: never, or within minutes. */
  until: Date | null;
  amountMicros: Micros | null;
  providerId: number | null;
  providerRef: string | null;
}

const MOST = 500;

const SUSPENSE_WORDS: Record<SuspenseKind, string> = {
  unknown_purchase: 'a purchase whose outcome was never told',
  denied_rental: 'a rental that its provider denied',
  late_code: 'a code that came after the end',
  orphan_purchase: 'a number bought for no rental',
};

/** Everything that waits for a decision, at most 500 of each kind, oldest first. */
export async function listReconcileItems({
  ctx,
}: {
  ctx: Pick<ServiceContext, 'db'>;
}): Promise<ReconcileItem[]> {
  const suspense = await listOpenSuspense(ctx.db, MOST);
  const purchases = await listUnknownPurchases(ctx.db, MOST);
  const denied = await listDeniedRentals(ctx.db, { releasedAfterSeconds: DENIED_SECONDS, limit: MOST });
  const messages = await listUnknownMessages(ctx.db, MOST);
  return [
    ...suspense.map(
      (entry): ReconcileItem => ({
        item: `suspense:${entry.id}`,
        kind: 'suspense',
        what: `${SUSPENSE_WORDS[entry.kind]}, rental ${entry.activationId ?? '?'}`,
        since: entry.openedAt,
        until: null,
        amountMicros: entry.costMicros ?? entry.amountMicros,
        providerId: entry.providerId,
        providerRef: entry.providerRef,
      }),
    ),
    ...purchases.map(
      (row): ReconcileItem => ({
        ...row,
        item: `purchase:${row.id}`,
        kind: 'purchase',
        what: `a purchase of unknown outcome, ${row.service} in country ${row.country}, user ${row.userId}`,
        amountMicros: row.costMicros,
      }),
    ),
    ...denied.map(
      (row): ReconcileItem => ({
        ...row,
        item: `rental:${row.id}`,
        kind: 'rental',
        what: `a live rental that its provider denies, ${row.service} in country ${row.country}, user ${row.userId}`,
        amountMicros: row.costMicros,
      }),
    ),
    ...messages.map(
      (row): ReconcileItem => ({
        item: `message:${row.id}`,
        kind: 'message',
        what: `a message of unknown outcome to ${maskPhone(row.to)}, partner ${row.owner}`,
        since: row.since,
        until: null,
        amountMicros: null,
        providerId: null,
        providerRef: null,
      }),
    ),
  ];
}
