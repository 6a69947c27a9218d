import type { EventType } from '#libs/domain';
import type { Queryable } from '#libs/platform';

/** A place in the feed: behind the event that has it. */
export interface FeedPlace {
  position: bigint;
  id: bigint;
}

/** Something that happened to one message, rental or webhook endpoint: exactly one of the three is set. */
export interface EventRow extends FeedPlace {
  type: EventType;
  messageId: string | null;
  activationId: number | null;
  webhookId: string | null;
  createdAt: Date;
}

export interface FeedPage {
  events: EventRow[];
  /** Where to read on; not behind the last event when others, that were not asked for, follow it. */
  next: FeedPlace;
  /** There may be more already. */
  more: boolean;
}

/** With a filter a page looks at no more than this, so that rare events do not make it long. */
const MOST_SCANNED = 2_000;

const COLUMNS = `position, id, type, message_id AS "messageId", activation_id AS "activationId",
  webhook_id AS "webhookId", created_at AS "createdAt"`;

/**
 * The events of an owner behind a place, oldest first. One that another transaction may still commit with a lower
 * position is waited for: nothing at or above the horizon is shown, so no event ever appears behind a reader's back.
 */
export async function readFeed(
  db: Queryable,
  feed: { owner: string; after: FeedPlace; types: readonly string[] | null; limit: number },
): Promise<FeedPage> {
  const scan = feed.types === null ? feed.limit : MOST_SCANNED;
  const { rows } = await db.query<EventRow & { wanted: boolean }>(
    `SELECT ${COLUMNS}, $4::text[] IS NULL OR type = ANY ($4) AS wanted FROM events
     WHERE owner = $1 AND (position, id) > ($2, $3) AND position < event_horizon()
     ORDER BY position, id LIMIT $5`,
    [feed.owner, feed.after.position, feed.after.id, feed.types, scan],
  );
  const wanted = rows.filter((row) => row.wanted);
  const events = wanted.slice(0, feed.limit).map(({ wanted: _wanted, ...event }) => event);
  const full = wanted.length > feed.limit;
  const last = full ? events.at(-1) : rows.at(-1);
  return {
    events,
    next: last ? { position: last.position, id: last.id } : feed.after,
    more: full || rows.length === scan,
  };
}

/** The same for several readers at once, without a filter, `limit` for each; in the order of the readers. */
export async function readFeeds(
  db: Queryable,
  readers: readonly { owner: string; after: FeedPlace }[],
  limit: number,
): Promise<EventRow[][]> {
  const { rows } = await db.query<EventRow & { reader: number }>(
    `SELECT reader::integer, ${COLUMNS}
     FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY
       AS wanted (reader_owner, after_position, after_id, reader)
     CROSS JOIN LATERAL (
       SELECT * FROM events WHERE owner = reader_owner AND (position, id) > (after_position, after_id)
         AND position < (SELECT event_horizon())
       ORDER BY position, id LIMIT $4) AS found
     ORDER BY reader, position, id`,
    [
      readers.map(({ owner }) => owner),
      readers.map(({ after }) => after.position),
      readers.map(({ after }) => after.id),
      limit,
    ],
  );
  const pages = readers.map((): EventRow[] => []);
  for (const { reader, ...event } of rows) pages[reader - 1]?.push(event);
  return pages;
}

/** Behind everything that is known now. */
export async function findFeedEnd(db: Queryable): Promise<FeedPlace> {
  const { rows } = await db.query<{ horizon: bigint }>('SELECT event_horizon() AS horizon');
  return { position: (rows[0]?.horizon ?? 1n) - 1n, id: MOST_ID };
}

export const FEED_START: FeedPlace = { position: 0n, id: 0n };
const MOST_ID = 2n ** 63n - 1n;

/** Owners by steps through the index, since there are few of them and many events. */
const OWNERS = `
  RECURSIVE owners AS (
    (SELECT owner FROM events ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT (SELECT owner FROM events WHERE events.owner > owners.owner ORDER BY owner LIMIT 1)
    FROM owners WHERE owners.owner IS NOT NULL
  )`;

/** Forgets events older than `days`, at most `limit` of each owner, and keeps up to where; returns how many. */
export async function eraseOldEvents(
  db: Queryable,
  options: { days: number; limit: number },
): Promise<number> {
  const { rows } = await db.query<{ erased: number }>(
    `WITH ${OWNERS}, old AS (
       SELECT found.* FROM owners CROSS JOIN LATERAL (
         SELECT owner, position, id, created_at FROM events WHERE events.owner = owners.owner
         ORDER BY position, id LIMIT $2) AS found
       WHERE created_at < now() - make_interval(days => $1)
     ), erased AS (
       DELETE FROM events USING old
       WHERE events.owner = old.owner AND events.position = old.position AND events.id = old.id
       RETURNING events.owner, events.position, events.id
     ), kept AS (
       INSERT INTO event_erasures AS known (owner, position, id)
       SELECT DISTINCT ON (owner) owner, position, id FROM erased ORDER BY owner, position DESC, id DESC
       ON CONFLICT (owner) DO UPDATE SET position = excluded.position, id = excluded.id
         WHERE (known.position, known.id) < (excluded.position, excluded.id)
     )
     SELECT count(*)::integer AS erased FROM erased`,
    [options.days, options.limit],
  );
  return rows[0]?.erased ?? 0;
}

/** Whether an event behind this place was forgotten. Who asks after reading on from it leaves no gap untold. */
export async function isPlaceForgotten(db: Queryable, owner: string, place: FeedPlace): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM event_erasures WHERE owner = $1 AND (position, id) > ($2, $3)',
    [owner, place.position, place.id],
  );
  return rowCount === 1;
}

/**
 * A cluster that was filled from a backup counts its transactions anew: positions go on behind the last one that was
 * given, or readers would wait for events that lie behind them. To be called while nothing else writes.
 */
export async function alignEventClock(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH ${OWNERS}, last AS (
       SELECT max(position) AS position FROM owners CROSS JOIN LATERAL (
         SELECT position FROM events WHERE events.owner = owners.owner ORDER BY position DESC, id DESC LIMIT 1) AS found
     )
     UPDATE event_clock SET ahead = last.position + 1 - pg_current_xact_id()::text::bigint
     FROM last WHERE last.position >= event_position()`,
  );
  return rowCount === 1;
}
