import { delayBeforeMs, pause } from './backoff.ts';
import { SmsxError } from './error.ts';
import type { Operations } from './generated.ts';
import { connectionError, readReply, readText, requireType, type TextPage } from './reply.ts';
import {
  type Input,
  type LooseInput,
  type OperationName,
  type PreparedRequest,
  prepareRequest,
} from './request.ts';

export type { Input, OperationName };
export type Reply<Name extends OperationName> = Operations[Name]['reply'];

export interface CallOptions {
  /** Of a POST; without it one is made. A call with the same key and input is done once, for 24 hours. */
  idempotencyKey?: string | undefined;
  /** Ends the call, whatever it is waiting for. What has been sent may still be done. */
  signal?: AbortSignal | undefined;
  /** For one attempt. */
  timeoutMs?: number | undefined;
  /** How often a failed attempt is repeated. */
  maxRetries?: number | undefined;
}

export interface TransportOptions {
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
  maxRetries: number;
  fetch: typeof fetch;
}

/** More headers than the transport's own, and how long the server was asked to wait before it answers. */
export interface Extra {
  headers?: Record<string, string>;
  waitSeconds?: number;
}

/** Sends a call until it has a verdict, always with the same idempotency key. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Rejects with SmsxError, or with the reason of the caller's signal. */
  async call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    options: CallOptions = {},
    extra: Extra = {},
  ): Promise<Reply<Name>> {
    const request = this.#prepare(name, input, options, extra);
    const timeoutMs = (options.timeoutMs ?? this.#options.timeoutMs) + (extra.waitSeconds ?? 0) * 1_000;
    return this.#persistently(request, options, async () => {
      const signal = anyOf(options.signal, AbortSignal.timeout(timeoutMs));
      return asReply<Name>(await readReply(await this.#fetch(request, signal)));
    });
  }

  /** A page that comes as CSV. */
  text(name: OperationName, input: LooseInput, options: CallOptions = {}): Promise<TextPage> {
    const request = this.#prepare(name, input, options, { headers: { accept: 'text/csv' } });
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    return this.#persistently(request, options, async () => {
      const signal = anyOf(options.signal, AbortSignal.timeout(timeoutMs));
      return readText(await this.#fetch(request, signal), 'text/csv');
    });
  }

  /** A reply whose body goes on; the time limit and the repetitions are for its beginning. */
  open(name: OperationName, input: LooseInput, options: CallOptions = {}): Promise<Response> {
    const request = this.#prepare(name, input, options, { headers: { accept: 'text/event-stream' } });
    return this.#persistently(request, options, async () => {
      const beginning = new AbortController();
      const timer = setTimeout(
        () => beginning.abort(new DOMException('no reply in time', 'TimeoutError')),
        options.timeoutMs ?? this.#options.timeoutMs,
      );
      try {
        const response = await this.#fetch(request, anyOf(options.signal, beginning.signal));
        await requireType(response, 'text/event-stream');
        return response;
      } finally {
        clearTimeout(timer);
      }
    });
  }

  #prepare(name: OperationName, input: LooseInput, options: CallOptions, extra: Extra): PreparedRequest {
    const { baseUrl, apiKey } = this.#options;
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}`, ...extra.headers };
    const request = prepareRequest(name, input, { baseUrl, headers });
    if (request.method === 'POST') {
      request.headers.set('idempotency-key', options.idempotencyKey ?? crypto.randomUUID());
    }
    return request;
  }

  #fetch({ url, ...request }: PreparedRequest, signal: AbortSignal): Promise<Response> {
    // A redirect would turn a POST into a GET.
    return this.#options.fetch(url, { ...request, signal, redirect: 'manual' });
  }

  async #persistently<Value>(
    request: PreparedRequest,
    { signal, maxRetries = this.#options.maxRetries }: CallOptions,
    attempt: () => Promise<Value>,
  ): Promise<Value> {
    for (let attempts = 1; ; attempts += 1) {
      signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (cause) {
        signal?.throwIfAborted();
        const error = cause instanceof SmsxError ? cause : connectionError(cause);
        error.attempts = attempts;
        error.idempotencyKey = request.headers.get('idempotency-key');
        const delayMs = delayBeforeMs(attempts, error.retryAfterSeconds);
        if (!error.retryable || attempts > maxRetries || delayMs === null) throw error;
        await pause(delayMs, signal);
      }
    }
  }
}

function anyOf(given: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return given ? AbortSignal.any([given, own]) : own;
}

/** What a server of this API answers is what its document says. */
function asReply<Name extends OperationName>(body: Record<string, unknown>): Reply<Name> {
  return body as Reply<Name>;
}
