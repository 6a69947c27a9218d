import { pause } from './backoff.ts';
import type { EventType, FeedEvent } from './models.ts';
import { serverSentEvents } from './server-sent-events.ts';
import type { CallOptions, Reply, Transport } from './transport.ts';

const USUAL_INTERVAL_MS = 2_000;
/** The server shows every 15 seconds that it lives. */
const SILENCE_MS = 45_000;
const RECONNECT_MS = 500;

export interface ReadQuery {
  /** A cursor that was given before, or `latest`; without it the oldest event comes first. */
  after?: string | undefined;
  types?: readonly EventType[] | undefined;
  /** Events on a page, 1 to 100, default 20. */
  limit?: number | undefined;
}

export interface FollowOptions extends CallOptions {
  /**
   * Where to read on: a cursor that was given before, or `latest` for what happens from now on. Without it `follow`
   * begins with the oldest event, `stream` with the next.
   */
  after?: string | undefined;
  types?: readonly EventType[] | undefined;
  /** Between two requests while nothing is new, default 2000. */
  intervalMs?: number | undefined;
}

export interface StreamedEvent {
  event: FeedEvent;
  /** Keep it once the event is dealt with; given as `after` the stream goes on behind it. */
  cursor: string;
}

/** A page of the feed. */
export type FeedPage = Omit<Reply<'list-events'>, 'data'> & { data: FeedEvent[] };

/** What happened, in order and without gaps, for 30 days. */
export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One page, oldest first. */
  async read({ types, ...query }: ReadQuery = {}, options?: CallOptions): Promise<FeedPage> {
    const input = { query: { ...query, types: types?.join() } };
    return asFeedPage(await this.#transport.call('list-events', input, options));
  }

  /** Every page that has events, for ever. Keep `next_cursor` once a page is dealt with. */
  async *follow(options: FollowOptions = {}): AsyncGenerator<FeedPage, never, undefined> {
    const { types, intervalMs = USUAL_INTERVAL_MS, ...rest } = options;
    let { after } = options;
    for (;;) {
      const page = await this.read({ after, types }, rest);
      after = page.next_cursor;
      if (page.data.length > 0) yield page;
      if (!page.more) await pause(intervalMs, options.signal);
    }
  }

  /**
   * Every event as it happens, for ever, over Server-Sent Events: a connection that ends or falls silent is made again
   * behind the last event.
   */
  async *stream(
    options: Omit<FollowOptions, 'intervalMs'> = {},
  ): AsyncGenerator<StreamedEvent, never, undefined> {
    const { types, signal } = options;
    let { after = 'latest' } = options;
    // A place of its own, since `latest` would be another one after a connection without events.
    if (after === 'latest') after = (await this.read({ after, limit: 1 }, options)).next_cursor;
    for (;;) {
      const query = { after, types: types?.join() };
      const response = await this.#transport.open('stream-events', { query }, options);
      for await (const { id, data } of serverSentEvents(response, SILENCE_MS)) {
        after = id;
        yield { event: asFeedEvent(data), cursor: id };
      }
      await pause(RECONNECT_MS, signal);
    }
  }
}

/** The document cannot say that `type` tells what `data` is. */
function asFeedPage(page: Reply<'list-events'>): FeedPage {
  return page as FeedPage;
}

/** A data line of the stream is an event. */
function asFeedEvent(data: string): FeedEvent {
  return JSON.parse(data) as FeedEvent;
}
