import { randomInt } from 'node:crypto';
import type { SandboxContext } from '../core/context.ts';
import type { SandboxRental } from '../core/state.ts';
import { findService } from './catalogue/services.ts';
import { pushSms } from './push.ts';

export interface Sms {
  /** Null: nothing in the text could be read as a code. Absent: found in the text, or made up. */
  code?: string | null;
  text?: string;
}

/** Lets an SMS arrive: kept, paid for if it is the first, pushed. Resolves when the first push was attempted. */
export async function receiveSms(ctx: SandboxContext, rental: SandboxRental, sms: Sms = {}): Promise<void> {
  const message = { ...complete(rental, sms), receivedAtMs: ctx.clock.nowMs() };
  rental.messages.push(message);
  rental.state = 'received';
  rental.autoCodeAtMs = null;
  settle(ctx, rental, 'captured');
  ctx.changed();
  await pushSms(ctx, rental, message);
}

/** Ends a rental without a code: the money and the number go back. */
export function cancelRental(ctx: SandboxContext, rental: SandboxRental): void {
  rental.state = 'cancelled';
  rental.autoCodeAtMs = null;
  settle(ctx, rental, 'refunded');
  const offers = ctx.catalogue.offersOf(String(rental.country), rental.service);
  const offer = offers.find(({ providerId }) => providerId === rental.providerId);
  if (offer) ctx.catalogue.change(offer, { count: offer.count + 1 });
  ctx.changed();
}

/** What time does to a rental: without a code it is cancelled, with one it is over. */
export function expireRental(ctx: SandboxContext, rental: SandboxRental): void {
  if (rental.state === 'waiting' || rental.state === 'ready') cancelRental(ctx, rental);
  else if (rental.state === 'received' || rental.state === 'retry') finishRental(ctx, rental);
}

export function finishRental(ctx: SandboxContext, rental: SandboxRental): void {
  rental.state = 'finished';
  rental.autoCodeAtMs = null;
  ctx.changed();
}

/** Arranges what will happen to an open rental by itself; also after a restart. */
export function watchRental(ctx: SandboxContext, rental: SandboxRental): void {
  if (rental.state === 'finished' || rental.state === 'cancelled') return;
  ctx.clock.at(rental.expiresAtMs, () => expireRental(ctx, rental));
  if (rental.autoCodeAtMs !== null) watchAutoCode(ctx, rental, rental.autoCodeAtMs);
}

/** About `autoCodeSeconds` from now a code will come, when the sandbox is set so. */
export function planAutoCode(ctx: SandboxContext, rental: SandboxRental): void {
  const seconds = ctx.settings.autoCodeSeconds;
  if (seconds === null) return;
  rental.autoCodeAtMs = ctx.clock.nowMs() + seconds * randomInt(800, 1201);
  watchAutoCode(ctx, rental, rental.autoCodeAtMs);
}

function watchAutoCode(ctx: SandboxContext, rental: SandboxRental, atMs: number): void {
  ctx.clock.at(atMs, () => {
    if (rental.autoCodeAtMs === atMs) void receiveSms(ctx, rental);
  });
}

function settle(ctx: SandboxContext, rental: SandboxRental, to: 'captured' | 'refunded'): void {
  if (rental.settlement === to) return;
  if (rental.settlement === 'captured') return;
  if (rental.settlement === 'reserved') ctx.state.reservedMicros -= rental.costMicros;
  if (to === 'captured') ctx.state.balanceMicros -= rental.costMicros;
  rental.settlement = to;
}

function complete(rental: SandboxRental, { code, text }: Sms): { code: string | null; text: string } {
  if (text !== undefined) return { code: code === undefined ? codeIn(text) : code, text };
  const made = code ?? String(randomInt(10_000, 1_000_000));
  const name = findService(rental.service)?.name ?? 'verification';
  return { code: made, text: `Your ${name} code is ${made}. Do not share it with anyone.` };
}

function codeIn(text: string): string | null {
  return /\d{4,8}/.exec(text)?.[0] ?? null;
}
