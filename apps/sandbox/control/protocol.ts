import type { Delivery } from '../core/deliveries.ts';
import type { Fault, FaultRequest } from '../core/faults.ts';
import type { Tunables } from '../core/settings.ts';
import type { CallbackMode, MessageStatus, RentalState } from '../core/state.ts';

/** A rental as the control API shows it; money as a decimal string of dollars, times RFC 3339. */
export interface RentalView {
  activationId: string;
  /** E.164 with plus sign. */
  phone: string;
  service: string;
  country: number;
  providerId: number;
  cost: string;
  state: RentalState;
  settlement: 'reserved' | 'captured' | 'refunded';
  boughtAt: string;
  expiresAt: string;
  messages: { code: string | null; text: string; receivedAt: string }[];
}

export interface MessageView {
  sid: string;
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  status: MessageStatus;
  errorCode: number | null;
  statusCallback: string | null;
  callbackMode: CallbackMode;
  createdAt: string;
}

/** Dollars as decimal strings. `spendable` is what getBalance tells. */
export interface BalanceView {
  balance: string;
  reserved: string;
  spendable: string;
}

/** Which rental: by id, or the newest with that phone (with or without plus sign). */
export type RentalSelector = { activationId: string | number } | { phone: string };

export type CodeRequest = RentalSelector & {
  /** Absent: found in `text`, or made up. Null: the text holds no code. */
  code?: string | null;
  text?: string;
  /** Also when the rental is over: a late code. */
  force?: boolean;
};

export interface OfferChange {
  service: string;
  country: number;
  /** Absent: every partner. */
  providerId?: number;
  /** New stock. */
  count?: number;
  /** Added to the stock. */
  add?: number;
  /** New price in dollars. */
  price?: string;
}

export type { Delivery, Fault, FaultRequest, Tunables };
