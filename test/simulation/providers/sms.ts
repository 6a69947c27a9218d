import type { AcceptedMessage, ListedMessage, Listing, Outcome } from '#libs/domain';

/** What becomes of the next call; the request is carried out or not whatever the caller learns. */
export type SendMood =
  | 'accepts'
  | 'done-but-unknown'
  | 'unknown-not-done'
  | 'refuses-request'
  | 'refuses-account'
  | 'unreachable'
  | 'throttles';
export type ListMood = 'complete' | 'incomplete' | 'lagging';

/** A message as the provider knows it; `words` is all it will ever say of it, in order. */
export interface SentMessage {
  sid: string;
  messageId: string;
  epoch: number;
  to: string;
  body: string;
  createdAtMs: number;
  words: readonly string[];
  /** Index of the word it has reached. */
  progress: number;
}

/** A new message is in every list after this, however far the list lags. */
const LAG_MS = 50_000;

const LIVES: readonly (readonly string[])[] = [
  ['queued', 'sending', 'sent', 'delivered'],
  ['queued', 'sent', 'undelivered'],
  ['queued', 'failed'],
  ['accepted', 'queued', 'sending', 'sent'],
];

/** The SMS provider with a truth of its own, which the product only sees through answers, lists and callbacks. */
export class SimulatedSms {
  readonly #nowMs: () => number;
  readonly messages: SentMessage[] = [];
  /** How often the provider was called for a row's epoch, by `<id>.<epoch>`. */
  readonly calls = new Map<string, number>();
  sendMood: SendMood = 'accepts';
  listMood: ListMood = 'complete';
  life = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  send(request: { to: string; body: string; statusCallbackUrl: string | null }): Outcome<AcceptedMessage> {
    const query = new URLSearchParams(request.statusCallbackUrl?.split('?')[1]);
    const messageId = query.get('m') ?? '';
    const epoch = Number(query.get('e'));
    const call = `${messageId}.${epoch}`;
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const mood = this.sendMood;
    this.sendMood = 'accepts';
    if (mood !== 'accepts' && mood !== 'done-but-unknown') return failure(mood);
    const sent = this.#create(messageId, epoch, request);
    if (mood === 'done-but-unknown') return failure(mood);
    return { kind: 'accepted', value: { providerSid: sent.sid, providerStatus: sent.words[0] ?? 'queued' } };
  }

  list(request: { to: string; createdAfter: Date; createdBefore: Date }): Listing {
    const mood = this.listMood;
    if (mood === 'incomplete') return { kind: 'incomplete', detail: 'too_many_pages' };
    const newest = mood === 'lagging' ? this.#nowMs() - LAG_MS : Number.POSITIVE_INFINITY;
    const from = Math.floor(request.createdAfter.getTime() / 1_000) * 1_000;
    const until = request.createdBefore.getTime();
    const messages = this.messages
      .filter(({ to, createdAtMs }) => to === request.to && createdAtMs <= newest)
      .filter(({ createdAtMs }) => createdAtMs >= from && createdAtMs <= until)
      .map(listed);
    return { kind: 'complete', messages };
  }

  #create(messageId: string, epoch: number, { to, body }: { to: string; body: string }): SentMessage {
    const sid = `SM${this.messages.length + 1}`;
    const createdAtMs = Math.floor(this.#nowMs() / 1_000) * 1_000;
    const words = LIVES[this.life % LIVES.length] ?? [];
    const sent = { sid, messageId, epoch, to, body, createdAtMs, words, progress: 0 };
    this.messages.push(sent);
    return sent;
  }
}

function failure(mood: Exclude<SendMood, 'accepts'>): Outcome<AcceptedMessage> {
  switch (mood) {
    case 'refuses-request':
      return refusal('request', 'invalid_recipient');
    case 'refuses-account':
      return refusal('account', 'credentials');
    case 'unreachable':
      return { kind: 'not_sent', detail: 'refused', throttled: false, retryAfterMs: null };
    case 'throttles':
      return { kind: 'not_sent', detail: 'throttled', throttled: true, retryAfterMs: 2_000 };
    default:
      return { kind: 'unknown', detail: 'timeout' };
  }
}

function refusal(
  scope: 'request' | 'account',
  reason: 'invalid_recipient' | 'credentials',
): Outcome<AcceptedMessage> {
  return { kind: 'rejected', scope, reason, code: '1', message: reason };
}

function listed({ sid, words, progress, body, createdAtMs }: SentMessage): ListedMessage {
  return {
    providerSid: sid,
    providerStatus: words[progress] ?? 'queued',
    errorCode: null,
    body,
    createdAt: new Date(createdAtMs),
  };
}
