import type { Dispatcher } from 'undici';

export interface RawResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Decoded as UTF-8. */
  body: string;
}

/** What kept a whole response from coming. */
export class ExchangeFailure extends Error {
  /** A status and headers had come. */
  readonly responded: boolean;
  /** Its time was over. */
  readonly timedOut: boolean;

  constructor(cause: unknown, progress: { responded: boolean; timedOut: boolean }) {
    super('no whole response came', { cause });
    this.responded = progress.responded;
    this.timedOut = progress.timedOut;
  }
}

/** A response that cannot be used; the message is the token. */
export class UnusableResponse extends Error {}

export interface ExchangeLimits {
  /** Until the status and headers have come. */
  responseMs: number;
  /** From then on, for the whole body. */
  bodyMs: number;
  bodyBytes: number;
}

/**
 * One request and its whole response; rejects with ExchangeFailure. By undici's dispatch, since the stream and the abort
 * signal that its `request` makes for each call are not needed for short texts.
 */
export function exchangeOnce(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Listener(limits, resolve, reject));
  });
}

class Listener implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (response: RawResponse) => void;
  readonly #reject: (failure: ExchangeFailure) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #timer: NodeJS.Timeout;
  #timedOut = false;
  #controller: Dispatcher.DispatchController | null = null;
  #response: RawResponse | null = null;

  constructor(
    limits: ExchangeLimits,
    resolve: (response: RawResponse) => void,
    reject: (failure: ExchangeFailure) => void,
  ) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = this.#timeOutAfter(limits.responseMs);
  }

  #timeOutAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timedOut = true;
      this.#controller?.abort(new Error('timed out'));
    }, ms);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#timedOut) controller.abort(new Error('timed out'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: RawResponse['headers']): void {
    // Informational ones precede the response.
    if (status < 200) return;
    this.#response = { status, headers, body: '' };
    clearTimeout(this.#timer);
    this.#timer = this.#timeOutAfter(this.#limits.bodyMs);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limits.bodyBytes) controller.abort(new UnusableResponse('body_too_large'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const body = Buffer.concat(this.#chunks).toString('utf8');
    if (this.#response) this.#resolve({ ...this.#response, body });
    else this.#fail(new Error('no headers came'));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    this.#fail(error);
  }

  #fail(cause: Error): void {
    const progress = { responded: this.#response !== null, timedOut: this.#timedOut };
    this.#reject(new ExchangeFailure(cause, progress));
  }
}
