import { Activations } from './activations.ts';
import { Catalogue } from './catalogue.ts';
import { Events } from './events.ts';
import { Keys } from './keys.ts';
import { Messages } from './messages.ts';
import { type CallOptions, type Input, type OperationName, type Reply, Transport } from './transport.ts';
import { Wallet } from './wallet.ts';
import { Webhooks } from './webhooks.ts';

const USUAL_TIMEOUT_MS = 35_000;
const USUAL_RETRIES = 4;

export interface ClientOptions {
  /** Where the gateway is, `https://sms.example.com`; a path before /v1 belongs to it. */
  baseUrl: string;
  /** `smsx_live_…` or `smsx_test_…`. It belongs on a server, never in a browser. */
  apiKey: string;
  /** For one attempt, default 35 000: a rental may take 25 seconds. */
  timeoutMs?: number | undefined;
  /** How often a failed attempt is repeated, default 4. */
  maxRetries?: number | undefined;
  /** In place of the global one. */
  fetch?: typeof fetch | undefined;
}

/** The partner API. Every method rejects with SmsxError, or with the reason of the signal it was given. */
export class SmsxClient {
  readonly messages: Messages;
  readonly activations: Activations;
  readonly catalogue: Catalogue;
  readonly wallet: Wallet;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly keys: Keys;
  readonly #transport: Transport;

  /** Throws a TypeError for options that cannot work. */
  constructor(options: ClientOptions) {
    const transport = new Transport({
      baseUrl: readBaseUrl(options.baseUrl),
      apiKey: readApiKey(options.apiKey),
      timeoutMs: options.timeoutMs ?? USUAL_TIMEOUT_MS,
      maxRetries: options.maxRetries ?? USUAL_RETRIES,
      // Called as a function of its own: as a method of something else it would throw in a browser.
      fetch: options.fetch ?? ((...request) => fetch(...request)),
    });
    this.#transport = transport;
    this.messages = new Messages(transport);
    this.activations = new Activations(transport);
    this.catalogue = new Catalogue(transport);
    this.wallet = new Wallet(transport);
    this.events = new Events(transport);
    this.webhooks = new Webhooks(transport);
    this.keys = new Keys(transport);
  }

  /** Any operation of the OpenAPI document by its operationId; the methods of the parts are made of it. */
  call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    options?: CallOptions,
  ): Promise<Reply<Name>> {
    return this.#transport.call(name, input, options);
  }
}

function readBaseUrl(value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new TypeError(`baseUrl must be an http or https URL: ${JSON.stringify(value)}`);
  }
  const { origin, pathname } = new URL(value);
  return origin + pathname.replace(/\/+$/, '');
}

function readApiKey(value: string): string {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new TypeError('apiKey must be the key, without spaces and line ends');
  }
  return value;
}
