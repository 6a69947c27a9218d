import type { WalletEntry } from './models.ts';
import { Pages } from './pages.ts';
import type { CallOptions, Input, Reply, Transport } from './transport.ts';

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
  entries(
    query: Omit<NonNullable<Input<'list-wallet-entries'>['query']>, 'format'> = {},
    options?: CallOptions,
  ): Pages<WalletEntry> {
    return new Pages((cursor) =>
      this.#transport.call(
        'list-wallet-entries',
        { query: { ...query, ...(cursor ? { cursor } : {}) } },
        options,
      ),
    );
  }

  /** Counts and money of each day. */
  usage(query: Input<'get-usage'>['query'] = {}, options?: CallOptions): Promise<Reply<'get-usage'>> {
    return this.#transport.call('get-usage', { query }, options);
  }
}
