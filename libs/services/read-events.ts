import { eventName, PublicError } from '#libs/domain';
import {
  type EventRow,
  FEED_START,
  type FeedPlace,
  findFeedEnd,
  isPlaceForgotten,
  readFeed,
  readFeeds,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { readEventData } from './event-data.ts';
import { type Partner, requireScope } from './partner.ts';

/** An event in the words in which webhooks tell it. */
export interface PresentedEvent {
  id: string;
  type: string;
  created_at: string;
  data: Record<string, unknown> | null;
}

type FeedContext = Pick<ServiceContext, 'db' | 'vault'>;

/**
 * One page of the partner's events behind a place, oldest first; null: from the oldest kept. `next` is where to read
 * on, also when nothing is there yet; `more` says whether something may be there already. Throws PublicError
 * `cursor_expired` when events behind the place are kept no longer.
 */
export async function readEvents({
  ctx,
  input,
}: {
  ctx: FeedContext;
  input: { partner: Partner; after: FeedPlace | null; types: readonly string[] | null; limit: number };
}): Promise<{ events: PresentedEvent[]; next: FeedPlace; more: boolean }> {
  const { partner, after, types, limit } = input;
  requireScope(partner, 'read');
  const { owner } = partner;
  const page = await readFeed(ctx.db, { owner, after: after ?? FEED_START, types, limit });
  if (after) await requirePlace(ctx, owner, after);
  return { ...page, events: await presentEvents(ctx, owner, page.events) };
}

/** Behind all that has happened up to now. */
export async function readFeedEnd({
  ctx,
  input: { partner },
}: {
  ctx: FeedContext;
  input: { partner: Partner };
}): Promise<FeedPlace> {
  requireScope(partner, 'read');
  return findFeedEnd(ctx.db);
}

/** Where a stream begins: behind the place, or with the next event. Throws PublicError `cursor_expired`. */
export async function beginStream({
  ctx,
  input: { partner, after },
}: {
  ctx: FeedContext;
  input: { partner: Partner; after: FeedPlace | null };
}): Promise<FeedPlace> {
  if (!after) return readFeedEnd({ ctx, input: { partner } });
  requireScope(partner, 'read');
  await requirePlace(ctx, partner.owner, after);
  return after;
}

/** A reader that was away too long must hear that events are missing, not go on as if there had been none. */
async function requirePlace({ db }: FeedContext, owner: string, place: FeedPlace): Promise<void> {
  if (await isPlaceForgotten(db, owner, place)) throw new PublicError('cursor_expired');
}

/** The next events of many readers at once, each behind its own place. */
export async function readNextEvents({
  ctx,
  input: { readers, limit },
}: {
  ctx: FeedContext;
  input: { readers: readonly { owner: string; after: FeedPlace }[]; limit: number };
}): Promise<{ event: PresentedEvent; place: FeedPlace }[][]> {
  const pages = await readFeeds(ctx.db, readers, limit);
  return Promise.all(
    readers.map(async ({ owner }, index) => {
      const rows = pages[index] ?? [];
      const events = rows.length === 0 ? [] : await presentEvents(ctx, owner, rows);
      return events.flatMap((event, at) => {
        const row = rows[at];
        return row ? [{ event, place: { position: row.position, id: row.id } }] : [];
      });
    }),
  );
}

async function presentEvents(ctx: FeedContext, owner: string, rows: EventRow[]): Promise<PresentedEvent[]> {
  const data = await readEventData(ctx, owner, rows);
  return rows.map(({ id, type, createdAt }, index) => ({
    id: eventName(id),
    type,
    created_at: createdAt.toISOString(),
    data: data[index] ?? null,
  }));
}
