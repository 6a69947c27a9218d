import { pause } from './backoff.ts';
import { SmsxError } from './error.ts';
import type { Activation } from './models.ts';
import { Pages } from './pages.ts';
import type { CallOptions, Input, Reply, Transport } from './transport.ts';

const LONG_POLL_SECONDS = 25;
const USUAL_INTERVAL_MS = 2_000;

export interface WaitOptions extends CallOptions {
  /** Least time between two requests where the server answers at once, default 2000. */
  intervalMs?: number | undefined;
}

/** A rental that has its code. */
export type ActivationWithCode = Activation & { otp: string | null };

/** Numbers rented for one-time codes. */
export class Activations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The price of a number, kept for a moment: `create` with `quote_id` costs no more. */
  quote(
    request: NonNullable<Input<'create-quote'>['body']>,
    options?: CallOptions,
  ): Promise<Reply<'create-quote'>> {
    return this.#transport.call('create-quote', { body: request }, options);
  }

  /** Rents a number. With `pending` in the reply it is still being bought: waitForPhone tells the rest. */
  create(
    request: NonNullable<Input<'create-activation'>['body']>,
    options?: CallOptions,
  ): Promise<Reply<'create-activation'>> {
    return this.#transport.call('create-activation', { body: request }, options);
  }

  get(id: string, options?: CallOptions): Promise<Activation> {
    return this.#transport.call('get-activation', { path: { id } }, options);
  }

  /** Newest first. */
  list(query: Input<'list-activations'>['query'] = {}, options?: CallOptions): Pages<Activation> {
    return new Pages((cursor) =>
      this.#transport.call(
        'list-activations',
        { query: { ...query, ...(cursor ? { cursor } : {}) } },
        options,
      ),
    );
  }

  /** Up to 100 at once. */
  statuses(ids: readonly string[], options?: CallOptions): Promise<Reply<'get-activation-statuses'>> {
    return this.#transport.call('get-activation-statuses', { query: { ids: ids.join() } }, options);
  }

  /** Gives the number back. With `cancel_requested` in the reply the provider does not allow it yet; it will be done. */
  cancel(id: string, options?: CallOptions): Promise<Reply<'cancel-activation'>> {
    return this.#transport.call('cancel-activation', { path: { id } }, options);
  }

  /** Asks for another code; waitForCode then waits for that one. */
  resend(id: string, options?: CallOptions): Promise<Reply<'resend-activation'>> {
    return this.#transport.call('resend-activation', { path: { id } }, options);
  }

  /** Ends a rental that has its code. */
  finish(id: string, options?: CallOptions): Promise<Reply<'finish-activation'>> {
    return this.#transport.call('finish-activation', { path: { id } }, options);
  }

  /**
   * Resolves with the rental once it has a code. Rejects with `activation_cancelled` when it ends without one, which it
   * does by itself when its time is over; a `signal` ends the waiting before.
   */
  async waitForCode(id: string, options: WaitOptions = {}): Promise<ActivationWithCode> {
    return this.#waitFor(id, LONG_POLL_SECONDS, options, withCode);
  }

  /**
   * Resolves with the rental once its number is known, which it mostly is from the beginning. Rejects with
   * `activation_cancelled` when it was not bought, and with `phone_unknown` when the provider's answer was lost for good.
   */
  async waitForPhone(id: string, options: WaitOptions = {}): Promise<Activation & { phone: string }> {
    return this.#waitFor(id, 0, options, withPhone);
  }

  /** Waits at the server where it can, else here, so that it is not asked without a pause. */
  async #waitFor<Found extends Activation>(
    id: string,
    waitSeconds: number,
    options: WaitOptions,
    found: (activation: Activation) => Found | null,
  ): Promise<Found> {
    const intervalMs = options.intervalMs ?? USUAL_INTERVAL_MS;
    for (;;) {
      const startedMs = performance.now();
      const input = { path: { id }, query: { wait: waitSeconds } };
      const activation = await this.#transport.call('get-activation', input, options, { waitSeconds });
      const result = found(activation);
      if (result) return result;
      if (activation.status === 'cancelled') throw ended(activation);
      if (activation.status === 'received') throw nameless(activation);
      const leftMs = intervalMs - (performance.now() - startedMs);
      if (leftMs > 0) await pause(leftMs, options.signal);
    }
  }
}

/** While another code is awaited the old one is in `messages` only. */
function withCode(activation: Activation): ActivationWithCode | null {
  const { status, otp } = activation;
  if (status === 'received' || otp) return { ...activation, otp: otp ?? null };
  return null;
}

function withPhone(activation: Activation): (Activation & { phone: string }) | null {
  const { phone } = activation;
  return phone === null ? null : { ...activation, phone };
}

function nameless(activation: Activation): SmsxError {
  return new SmsxError({
    code: 'phone_unknown',
    message: `Rental ${activation.activation_id} has its code, but the provider never told its number.`,
    details: { ...activation },
  });
}

function ended(activation: Activation): SmsxError {
  return new SmsxError({
    code: 'activation_cancelled',
    message: `Rental ${activation.activation_id} ended without a code: ${activation.reason ?? 'cancelled'}.`,
    details: { ...activation },
  });
}
