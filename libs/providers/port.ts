import type {
  AcceptedMessage,
  CommandAnswer,
  Country,
  Listing,
  Micros,
  Offer,
  Outcome,
  Purchase,
  ReadAnswer,
  Service,
  StatusAnswer,
} from '#libs/domain';

/** What an SMS provider must do. Nothing here throws for what a provider may answer. */
export interface SmsProvider {
  /** One attempt, never repeated inside. `statusCallbackUrl` is null when this deployment has no public address. */
  send(request: SendRequest): Promise<Outcome<AcceptedMessage>>;
  /** Messages of ours to one recipient created within the span, every page. */
  list(request: { to: string; createdAfter: Date; createdBefore: Date }): Promise<Listing>;
  close(): Promise<void>;
}

export interface SendRequest {
  to: string;
  body: string;
  validitySeconds: number;
  /** From 1: how often the provider has been asked to send this message, this time included. */
  attempt: number;
  statusCallbackUrl: string | null;
}

/** What a provider of rented numbers must do. */
export interface NumberProvider {
  /** One attempt on a fresh connection, never repeated inside: a second one may buy a second number. */
  buy(request: { service: string; country: number; maxPriceMicros: Micros }): Promise<Outcome<Purchase>>;
  status(providerRef: string): Promise<StatusAnswer>;
  cancel(providerRef: string): Promise<CommandAnswer>;
  requestAnotherCode(providerRef: string): Promise<CommandAnswer>;
  finish(providerRef: string): Promise<CommandAnswer>;
  balance(): Promise<ReadAnswer<Micros>>;
  countries(): Promise<ReadAnswer<Country[]>>;
  services(): Promise<ReadAnswer<Service[]>>;
  /** Offers with stock, one per upstream price; all services or countries when one is left out. */
  offers(filter: { service?: string; country?: number }): Promise<ReadAnswer<Offer[]>>;
  close(): Promise<void>;
}
