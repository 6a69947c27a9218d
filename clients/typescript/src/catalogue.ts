import type { CallOptions, Input, Reply, Transport } from './transport.ts';

/** What can be rented, and for how much. */
export class Catalogue {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  countries(
    query: Input<'list-countries'>['query'] = {},
    options?: CallOptions,
  ): Promise<Reply<'list-countries'>> {
    return this.#transport.call('list-countries', { query }, options);
  }

  services(
    query: Input<'list-services'>['query'] = {},
    options?: CallOptions,
  ): Promise<Reply<'list-services'>> {
    return this.#transport.call('list-services', { query }, options);
  }

  prices(query: Input<'list-prices'>['query'] = {}, options?: CallOptions): Promise<Reply<'list-prices'>> {
    return this.#transport.call('list-prices', { query }, options);
  }
}
