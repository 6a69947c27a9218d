import type { WalletEntry } from './models.ts';
import { Pages } from './pages.ts';
import type { CallOptions, Input, Reply, Transport } from './transport.ts';

type EntriesQuery = Omit<NonNullable<Input<'list-wallet-entries'>['query']>, 'format'>;

/** The prepaid money; amounts are decimal strings in US dollars. */
export class Wallet {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(options?: CallOptions): Promise<Reply<'get-wallet'>> {
    return this.#transport.call('get-wallet', {}, options);
  }

  /** Every movement, newest first. */
  entries(query: EntriesQuery = {}, options?: CallOptions): Pages<WalletEntry> {
    return new Pages((cursor) =>
      this.#transport.call(
        'list-wallet-entries',
        { query: { ...query, ...(cursor ? { cursor } : {}) } },
        options,
      ),
    );
  }

  /** The same as one CSV (RFC 4180), in pieces of whole lines; the first line names the columns. */
  async *csv(query: EntriesQuery = {}, options?: CallOptions): AsyncGenerator<string, void, undefined> {
    let { cursor } = query;
    for (let pages = 0; ; pages += 1) {
      const input = { query: { ...query, format: 'csv', cursor } };
      const { text, nextCursor } = await this.#transport.text('list-wallet-entries', input, options);
      // Each page names the columns again.
      yield pages === 0 ? text : text.slice(text.indexOf('\n') + 1);
      if (nextCursor === null) return;
      cursor = nextCursor;
    }
  }

  /** Counts and money of each day. */
  usage(query: Input<'get-usage'>['query'] = {}, options?: CallOptions): Promise<Reply<'get-usage'>> {
    return this.#transport.call('get-usage', { query }, options);
  }
}
