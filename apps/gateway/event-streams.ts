import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ANYTHING } from '#libs/cache';
import { PublicError } from '#libs/domain';
import { type PresentedEvent, readNextEvents, type WaitingContext } from '#libs/services';
import type { FeedPlace } from '#libs/store';
import type { StreamStart } from './actions/action.ts';
import { encodeCursor } from './v1/page.ts';

/** Server-Sent Events of every open connection of this process: one query serves them all. */
export interface EventStreams {
  /** Throws PublicError when too many are open. Ends by itself after a while; the reader comes again from there. */
  open(reader: { keyId: string; owner: string } & StreamStart): Readable;
  /** Ends all of them, and those to come. */
  close(): void;
}

export interface EventStreamsOptions {
  ctx: WaitingContext;
  /** All streams end once this is true. */
  isDraining: () => boolean;
  /** How long a stream lasts; below the time limit of handlers. */
  lifetimeMs?: number;
}

const LIFETIME_MS = 45_000;
const MOST_OF_KEY = 5;
const MOST_OF_PROCESS = 200;
/** An announcement may be lost with Redis, so the table is also read this often. */
const REREAD_MS = 500;
/** In a burst of announcements no more often than this. */
const LEAST_PAUSE_MS = 100;
const HEARTBEAT_MS = 15_000;
const EVENTS_AT_ONCE = 100;
/** A reader that is slower than its events is left alone until it has taken what it was given. */
const MOST_UNREAD_BYTES = 64 * 1_024;

interface Stream {
  keyId: string;
  owner: string;
  types: readonly string[] | null;
  after: FeedPlace;
  readable: Readable;
  endsAt: number;
  beatAt: number;
}

export function createEventStreams({
  ctx,
  isDraining,
  lifetimeMs = LIFETIME_MS,
}: EventStreamsOptions): EventStreams {
  const streams = new Set<Stream>();
  let running = false;
  let closed = false;
  const isOver = () => closed || isDraining();
  const end = (stream: Stream) => {
    streams.delete(stream);
    stream.readable.push(null);
  };

  const run = async () => {
    running = true;
    while (streams.size > 0) {
      // Listening starts before the table is read, so that no announcement falls between the two.
      const heard = ctx.receiver.wait(ANYTHING, REREAD_MS);
      const more = await feed(ctx, streams).catch((err) => {
        ctx.log.warn({ event: 'stream.read_failed', err });
        return false;
      });
      const over = [...streams].filter(({ endsAt }) => isOver() || performance.now() >= endsAt);
      for (const stream of over) end(stream);
      for (const stream of streams) beat(stream);
      if (!more) await Promise.all([heard, delay(LEAST_PAUSE_MS)]);
    }
    running = false;
  };

  return {
    open({ keyId, owner, after, types }) {
      if (isOver() || streams.size >= MOST_OF_PROCESS)
        throw new PublicError('overloaded', { retryAfterSeconds: 1 });
      if ([...streams].filter((stream) => stream.keyId === keyId).length >= MOST_OF_KEY) {
        throw new PublicError('too_many_streams', { retryAfterSeconds: 5 });
      }
      const readable = new Readable({ read: () => undefined });
      const now = performance.now();
      const stream = { keyId, owner, types, after, readable, endsAt: now + lifetimeMs, beatAt: now };
      streams.add(stream);
      readable.once('close', () => streams.delete(stream));
      readable.push('retry: 1000\n\n');
      if (!running) void run();
      return readable;
    },
    close() {
      closed = true;
      for (const stream of streams) end(stream);
    },
  };
}

/** Hands out what is new. True when there may be more already. */
async function feed(ctx: WaitingContext, streams: ReadonlySet<Stream>): Promise<boolean> {
  const readers = [...streams].filter(hasRoom);
  if (readers.length === 0) return false;
  const pages = await readNextEvents({ ctx, input: { readers, limit: EVENTS_AT_ONCE } });
  for (const [index, stream] of readers.entries()) {
    // It may have ended meanwhile.
    const page = streams.has(stream) ? (pages[index] ?? []) : [];
    for (const { event, place } of page) {
      stream.after = place;
      if (stream.types === null || stream.types.includes(event.type)) write(stream, event);
    }
  }
  return pages.some((page) => page.length === EVENTS_AT_ONCE);
}

function write(stream: Stream, event: PresentedEvent): void {
  const { position, id } = stream.after;
  const lines = [
    `id: ${encodeCursor(position, id)}`,
    `event: ${event.type}`,
    `data: ${JSON.stringify(event)}`,
  ];
  stream.readable.push(`${lines.join('\n')}\n\n`);
  stream.beatAt = performance.now();
}

/** A comment now and then shows both sides, and all between them, that the stream lives. */
function beat(stream: Stream): void {
  if (performance.now() - stream.beatAt < HEARTBEAT_MS || !hasRoom(stream)) return;
  stream.readable.push(': still here\n\n');
  stream.beatAt = performance.now();
}

function hasRoom({ readable }: Stream): boolean {
  return readable.readableLength < MOST_UNREAD_BYTES;
}
