import type { Micros } from './money.ts';

/**
 * What a call that changes something at a provider came to. A refusal is data; an exception is a bug.
 *
 * - `accepted`: the provider confirmed it.
 * - `rejected`: a recognised refusal; the provider did nothing. Final for this request.
 * - `not_sent`: proof that the request was never processed (refused connection, DNS, TLS, connect timeout, 429).
 * - `unknown`: anything else. The request may have been carried out; never repeat it, find out.
 */
export type Outcome<Value> =
  | { kind: 'accepted'; value: Value }
  | Rejected
  | { kind: 'not_sent'; detail: string; throttled: boolean; retryAfterMs: number | null }
  | { kind: 'unknown'; detail: string };

export interface Rejected {
  kind: 'rejected';
  /** `account`: our account or its settings are refused (nothing else would pass either); `request`: only this one. */
  scope: 'request' | 'account';
  reason: RejectReason;
  /** The provider's own code, e.g. `21211` or `NO_NUMBERS`. */
  code: string | null;
  /** The provider's own words, safe to show to a partner. */
  message: string;
}

export type RejectReason =
  | 'invalid_recipient'
  | 'recipient_opted_out'
  | 'unreachable_recipient'
  | 'sender_refused'
  | 'destination_not_allowed'
  | 'content_refused'
  | 'credentials'
  | 'account_suspended'
  | 'account_limit'
  | 'out_of_stock'
  | 'price_too_low'
  | 'no_upstream_balance'
  | 'bad_service'
  | 'bad_country'
  | 'other';

/** A message as the SMS provider accepted it. */
export interface AcceptedMessage {
  providerSid: string;
  providerStatus: string;
}

/** One message of the provider's own list, used to find out what became of a send of unknown outcome. */
export interface ListedMessage {
  providerSid: string;
  providerStatus: string;
  errorCode: string | null;
  body: string;
  createdAt: Date;
}

/** `complete` only when every page was read; an incomplete list proves nothing. */
export type Listing =
  | { kind: 'complete'; messages: ListedMessage[] }
  | { kind: 'incomplete'; detail: string };

/**
 * A bought number. `phone` is E.164 with `+`; `costMicros` what the provider charges, when it says so; so too how long
 * it is kept, and when it may be cancelled at the earliest.
 */
export interface Purchase {
  providerRef: string;
  phone: string;
  costMicros: Micros | null;
  lifetimeSeconds?: number;
  earliestCancelSeconds?: number;
}

/** What the provider says of a rented number. */
export type StatusAnswer =
  | { kind: 'waiting' }
  | { kind: 'code'; code: string }
  | { kind: 'cancelled' }
  /** It denies the id. */
  | { kind: 'denied'; raw: string }
  /** Nothing usable was said: outage, HTML page, empty body, refused credentials, too many requests. */
  | { kind: 'no_information'; raw: string; throttled: boolean; retryAfterMs?: number | null };

/** What the provider says to cancel, finish or another code. Repeating these is safe. */
export type CommandAnswer =
  | { kind: 'done' }
  | { kind: 'too_early' }
  /** The transition is not allowed now: ask for the status and decide. */
  | { kind: 'refused' }
  | { kind: 'denied'; raw: string }
  | { kind: 'no_information'; raw: string; throttled: boolean; retryAfterMs?: number | null };

/** A read (balance, prices, catalogue). `invalid` carries which parameter the provider does not know. */
export type ReadAnswer<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'invalid'; parameter: 'service' | 'country' }
  | { kind: 'refused'; message: string }
  | { kind: 'no_information'; detail: string; throttled: boolean; retryAfterMs?: number | null };

export interface Country {
  id: number;
  name: string;
}

export interface Service {
  code: string;
  name: string;
}

/** Offers of one service in one country: price in micro-dollars (as a decimal string of micros) ⇒ stock. */
export interface Offer {
  service: string;
  country: number;
  costMicros: Micros;
  count: number;
}
