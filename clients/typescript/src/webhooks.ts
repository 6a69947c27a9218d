import { SmsxError } from './error.ts';
import type { WebhookDelivery } from './models.ts';
import { Pages } from './pages.ts';
import type { CallOptions, Input, Reply, Transport } from './transport.ts';

/** Endpoints of yours that are told what happens. verifyWebhook checks what arrives there. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options?: CallOptions): Promise<Reply<'list-webhooks'>> {
    return this.#transport.call('list-webhooks', {}, options);
  }

  /** The `secret` in the reply is shown once. */
  create(
    request: NonNullable<Input<'create-webhook'>['body']>,
    options?: CallOptions,
  ): Promise<Reply<'create-webhook'>> {
    return this.#transport.call('create-webhook', { body: request }, options);
  }

  get(id: string, options?: CallOptions): Promise<Reply<'get-webhook'>> {
    return this.#transport.call('get-webhook', { path: { id } }, options);
  }

  async delete(id: string, options?: CallOptions): Promise<Reply<'delete-webhook'>> {
    try {
      return await this.#transport.call('delete-webhook', { path: { id } }, options);
    } catch (error) {
      // The reply of an earlier attempt was lost: it is gone because this call deleted it.
      const repeated = error instanceof SmsxError && error.attempts > 1;
      if (repeated && error.code === 'webhook_not_found') return { ok: true, id, deleted: true };
      throw error;
    }
  }

  /** A new secret; for a while both sign. */
  rotateSecret(
    id: string,
    request: NonNullable<Input<'rotate-webhook-secret'>['body']> = {},
    options?: CallOptions,
  ): Promise<Reply<'rotate-webhook-secret'>> {
    return this.#transport.call('rotate-webhook-secret', { path: { id }, body: request }, options);
  }

  /** Has `webhook.test` told there. */
  test(id: string, options?: CallOptions): Promise<Reply<'test-webhook'>> {
    return this.#transport.call('test-webhook', { path: { id } }, options);
  }

  enable(id: string, options?: CallOptions): Promise<Reply<'enable-webhook'>> {
    return this.#transport.call('enable-webhook', { path: { id } }, options);
  }

  /** Tells again what was given up. */
  replayFailed(
    id: string,
    request: NonNullable<Input<'replay-webhook'>['body']> = {},
    options?: CallOptions,
  ): Promise<Reply<'replay-webhook'>> {
    return this.#transport.call('replay-webhook', { path: { id }, body: request }, options);
  }

  /** The latest event first, with every attempt. */
  deliveries(
    id: string,
    query: Input<'list-webhook-deliveries'>['query'] = {},
    options?: CallOptions,
  ): Pages<WebhookDelivery> {
    return new Pages((cursor) =>
      this.#transport.call(
        'list-webhook-deliveries',
        { path: { id }, query: { ...query, ...(cursor ? { cursor } : {}) } },
        options,
      ),
    );
  }

  /** Tells one event again. */
  replayDelivery(id: string, options?: CallOptions): Promise<Reply<'replay-webhook-delivery'>> {
    return this.#transport.call('replay-webhook-delivery', { path: { id } }, options);
  }
}
