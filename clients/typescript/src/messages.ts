import type { SendMessageReply200, SendMessageReply201 } from './generated.ts';
import type { Message } from './models.ts';
import { Pages } from './pages.ts';
import type { CallOptions, Input, Reply, Transport } from './transport.ts';

export interface SendOptions extends CallOptions {
  /** The reply carries the state reached within so long, at most 20; a refusal of the provider rejects. */
  waitSeconds?: number | undefined;
}

type SendInput = Omit<NonNullable<Input<'send-message'>['body']>, 'dry_run'>;

export class Messages {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Accepted, it is sent once or reported failed with a reason, whatever happens to this process. */
  async send(message: SendInput, options: SendOptions = {}): Promise<SendMessageReply201> {
    const { waitSeconds } = options;
    const extra =
      waitSeconds === undefined ? {} : { headers: { prefer: `wait=${waitSeconds}` }, waitSeconds };
    return asAccepted(await this.#transport.call('send-message', { body: message }, options, extra));
  }

  /** What a text would take; nothing is sent. */
  async estimate(message: SendInput, options?: CallOptions): Promise<SendMessageReply200> {
    return asEstimate(
      await this.#transport.call('send-message', { body: { ...message, dry_run: true } }, options),
    );
  }

  get(id: string, options?: CallOptions): Promise<Reply<'get-message'>> {
    return this.#transport.call('get-message', { path: { id } }, options);
  }

  /** Newest first. */
  list(query: Input<'list-messages'>['query'] = {}, options?: CallOptions): Pages<Message> {
    return new Pages((cursor) =>
      this.#transport.call('list-messages', { query: { ...query, ...(cursor ? { cursor } : {}) } }, options),
    );
  }

  /** Takes back a message that is scheduled or queued. */
  cancel(id: string, options?: CallOptions): Promise<Reply<'cancel-message'>> {
    return this.#transport.call('cancel-message', { path: { id } }, options);
  }
}

/** Without dry_run the reply is that of a message. */
function asAccepted(reply: Reply<'send-message'>): SendMessageReply201 {
  return reply as SendMessageReply201;
}

/** With dry_run it is an estimate. */
function asEstimate(reply: Reply<'send-message'>): SendMessageReply200 {
  return reply as SendMessageReply200;
}
