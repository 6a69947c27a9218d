import { formatMicros } from '#libs/domain';
import {
  type SandboxMessage,
  type SandboxRental,
  type SandboxState,
  spendableMicros,
} from '../core/state.ts';
import type { BalanceView, MessageView, RentalView } from './protocol.ts';

export function viewRental(rental: SandboxRental): RentalView {
  return {
    activationId: rental.activationId,
    phone: `+${rental.phone}`,
    service: rental.service,
    country: rental.country,
    providerId: rental.providerId,
    cost: formatMicros(rental.costMicros),
    state: rental.state,
    settlement: rental.settlement,
    boughtAt: iso(rental.boughtAtMs),
    expiresAt: iso(rental.expiresAtMs),
    messages: rental.messages.map(({ code, text, receivedAtMs }) => ({
      code,
      text,
      receivedAt: iso(receivedAtMs),
    })),
  };
}

export function viewMessage(message: SandboxMessage): MessageView {
  const { sid, to, from, messagingServiceSid, body, status, errorCode, statusCallback, callbackMode } =
    message;
  const createdAt = iso(message.createdAtMs);
  return {
    sid,
    to,
    from,
    messagingServiceSid,
    body,
    status,
    errorCode,
    statusCallback,
    callbackMode,
    createdAt,
  };
}

export function viewBalance(state: SandboxState): BalanceView {
  return {
    balance: formatMicros(state.balanceMicros),
    reserved: formatMicros(state.reservedMicros),
    spendable: formatMicros(spendableMicros(state)),
  };
}

function iso(momentMs: number): string {
  return new Date(momentMs).toISOString();
}
