import type { Micros } from '#libs/domain';
import type { Settings } from './settings.ts';

/** The sandbox's own truth: what each provider would know, whatever its client was told. */
export interface SandboxState {
  messages: Map<string, SandboxMessage>;
  rentals: Map<string, SandboxRental>;
  /** Reserved money is still part of the balance; what can be spent is the difference. */
  balanceMicros: Micros;
  reservedMicros: Micros;
  nextActivationId: number;
  /** Stock and price that differ from the catalogue as generated, by offer key. */
  changedOffers: Map<string, { priceMicros: Micros; count: number }>;
}

export type MessageStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled';

export interface SandboxMessage {
  sid: string;
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  status: MessageStatus;
  errorCode: number | null;
  segments: number;
  statusCallback: string | null;
  callbackMode: CallbackMode;
  createdAtMs: number;
  updatedAtMs: number;
  sentAtMs: number | null;
  /** The list leaves it out before this moment. */
  listedFromMs: number;
  /** What will happen to it by itself, in order. */
  steps: MessageStep[];
  /** Callbacks kept back by the mode `reordered`. */
  keptBack: MessageStep[];
}

export interface MessageStep {
  status: MessageStatus;
  atMs: number;
  errorCode: number | null;
}

export type CallbackMode = 'normal' | 'doubled' | 'reordered' | 'none' | 'forged';

export type RentalState = 'waiting' | 'ready' | 'received' | 'retry' | 'finished' | 'cancelled';

export interface SandboxRental {
  activationId: string;
  /** Digits with country code, no plus sign. */
  phone: string;
  service: string;
  country: number;
  providerId: number;
  operator: string;
  costMicros: Micros;
  state: RentalState;
  settlement: 'reserved' | 'captured' | 'refunded';
  boughtAtMs: number;
  expiresAtMs: number;
  autoCodeAtMs: number | null;
  messages: IncomingSms[];
}

export interface IncomingSms {
  code: string | null;
  text: string;
  receivedAtMs: number;
}

export function emptyState(settings: Settings): SandboxState {
  return {
    messages: new Map(),
    rentals: new Map(),
    balanceMicros: settings.openingBalanceMicros,
    reservedMicros: 0n,
    nextActivationId: settings.firstActivationId,
    changedOffers: new Map(),
  };
}

export function spendableMicros(state: SandboxState): Micros {
  return state.balanceMicros - state.reservedMicros;
}
