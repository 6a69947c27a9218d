import { eventName } from '#libs/domain';
import { type EventRow, FEED_START, type FeedPlace, findFeedEnd, readFeed, readFeeds } from '#libs/store';
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
 * on, also when nothing is there yet; `more` says whether something may be there already.
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
