import type { CallOptions, Input, Reply, Transport } from './transport.ts';

export class Keys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options?: CallOptions): Promise<Reply<'list-keys'>> {
    return this.#transport.call('list-keys', {}, options);
  }

  /** Replaces the key that calls; its `secret` is shown once. Both work until `old_key_ends_at`. */
  rotate(
    id: string,
    request: NonNullable<Input<'rotate-key'>['body']> = {},
    options?: CallOptions,
  ): Promise<Reply<'rotate-key'>> {
    return this.#transport.call('rotate-key', { path: { id }, body: request }, options);
  }
}
