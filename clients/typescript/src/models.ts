import type { Operations } from './generated.ts';

type EntryOf<Name extends keyof Operations> = Operations[Name]['reply'] extends { data: (infer Entry)[] }
  ? Entry
  : never;

/** A message as lists show it. */
export type Message = EntryOf<'list-messages'>;
/** A rental. */
export type Activation = EntryOf<'list-activations'>;
export type Country = EntryOf<'list-countries'>;
export type Service = EntryOf<'list-services'>;
export type Price = EntryOf<'list-prices'>;
export type WalletEntry = EntryOf<'list-wallet-entries'>;
export type UsageDay = EntryOf<'get-usage'>;
export type ApiKey = EntryOf<'list-keys'>;
export type Webhook = EntryOf<'list-webhooks'>;
export type WebhookDelivery = EntryOf<'list-webhook-deliveries'>;

export type EventType = EntryOf<'list-events'>['type'];

/** What an event tells: by webhook as it was then, in the feed as it is now (null when it is there no more). */
export type EventData<Type extends string> = Type extends `message.${string}`
  ? Message
  : Type extends `activation.${string}`
    ? Activation
    : Webhook;

interface EventOf<Type extends string, Data> {
  /** `evt_…`, the same in the feed and in the header webhook-id: keep it to see a repetition. */
  id: string;
  type: Type;
  created_at: string;
  data: Data;
}

type WebhookEventOf<Type extends string> = Type extends string ? EventOf<Type, EventData<Type>> : never;
type FeedEventOf<Type extends string> = Type extends string ? EventOf<Type, EventData<Type> | null> : never;

/** An event as a webhook brings it; `type` tells what `data` is. */
export type WebhookEvent = WebhookEventOf<EventType>;
/** An event as the feed has it. */
export type FeedEvent = FeedEventOf<EventType>;
