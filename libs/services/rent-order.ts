import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, formatMicros, type Micros, PublicError } from '#libs/domain';
import { type ActivationRow, findActivation, forgetKeyOfActivation } from '#libs/store';
import { cancelActivation } from './cancel-activation.ts';
import type { WaitingContext } from './context.ts';
import { type Partner, requireUser } from './partner.ts';
import { persistently } from './persistently.ts';
import { RENT_ROUTE, type RentNumberInput, rentNumber } from './rent-number.ts';
import { idempotencyClaim, type Reply } from './reply.ts';

export interface RentOrderInput {
  partner: Partner;
  requestId: string;
  service: string;
  country: number;
  maxPriceMicros: Micros | null;
  /** The caller's own id of this purchase: repeated, it buys nothing twice. */
  orderId: string | null;
  /** True once nobody is there to hear the answer. */
  callerHasGone: () => boolean;
}

/** `order_exists`: the order's number is no more, it was for something else, or it is still being bought. */
export type OrderOutcome =
  | { kind: 'rented'; number: RentedNumber }
  | { kind: 'refused'; activationId: number | null; error: ErrorCode; currentPrice: string | null }
  | { kind: 'no_number'; activationId: number }
  | { kind: 'order_exists' };

export interface RentedNumber {
  id: number;
  /** E.164, with the plus sign. */
  phone: string;
  /** Dollars. */
  price: string;
  country: number;
  rentedAt: Date;
  expiresAt: Date | null;
}

/** What the first request with this order can still need: its wait for the purchase, less what its caller bore. */
const REPEAT_WAIT_MS = 10_000;
const REPEAT_EVERY_MS = 500;

/**
 * Rents for callers who can bear only "here is your number" and "there is none". A purchase without a verdict in time
 * is therefore given back, as soon as upstream allows; its order is free again. Throws what `rentNumber` throws.
 */
export async function rentOrder({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: RentOrderInput;
}): Promise<OrderOutcome> {
  const deadline = performance.now() + REPEAT_WAIT_MS;
  for (;;) {
    const outcome = await attempt(ctx, input).catch(whenKeyIsTaken);
    if (outcome !== 'in_flight') return outcome;
    if (performance.now() > deadline) return { kind: 'order_exists' };
    await delay(REPEAT_EVERY_MS);
  }
}

function whenKeyIsTaken(error: unknown): OrderOutcome | 'in_flight' {
  if (!(error instanceof PublicError)) throw error;
  if (error.code === 'idempotency_mismatch') return { kind: 'order_exists' };
  if (error.code === 'idempotency_in_flight') return 'in_flight';
  throw error;
}

async function attempt(ctx: WaitingContext, order: RentOrderInput): Promise<OrderOutcome> {
  const input = rentalOf(order);
  const reply = await rentNumber({ ctx, input });
  const body = readReply(reply);
  const activationId = Number(body.activation_id);
  if (reply.status >= 400) {
    await freeOrder(ctx, input, activationId);
    return { kind: 'refused', activationId, error: body.error, currentPrice: body.current_price ?? null };
  }
  if (reply.status !== 200) return late(ctx, input, activationId);
  if (reply.replayed) return repeated(ctx, input, activationId);
  if (order.orderId === null && order.callerHasGone()) return giveBack(ctx, input, activationId);
  const { phone, price, country, expires_at: expiresAt } = body;
  return {
    kind: 'rented',
    number: {
      id: activationId,
      phone,
      price,
      country,
      rentedAt: new Date(),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    },
  };
}

/** No verdict within the wait, now or when this order was first asked for. */
async function late(ctx: WaitingContext, input: RentNumberInput, id: number): Promise<OrderOutcome> {
  const row = await findRental(ctx, input, id);
  return row && isHandedOut(row) ? rented(row) : giveBack(ctx, input, id);
}

/** The same order again: its number as long as it is one. */
async function repeated(ctx: WaitingContext, input: RentNumberInput, id: number): Promise<OrderOutcome> {
  const row = await findRental(ctx, input, id);
  return row && isHandedOut(row) ? rented(row) : { kind: 'order_exists' };
}

function findRental(ctx: WaitingContext, input: RentNumberInput, id: number): Promise<ActivationRow | null> {
  return persistently(() => findActivation(ctx.db, { id, userId: requireUser(input.partner) }));
}

/**
 * The wish to cancel is on the row before the caller hears that there is no number. Dies before: the rental expires
 * unused, and the order, being asked for again, comes here again.
 */
async function giveBack(ctx: WaitingContext, input: RentNumberInput, id: number): Promise<OrderOutcome> {
  const cancel = () => cancelActivation({ ctx, input: { partner: input.partner, id } });
  await persistently(cancel).catch((error: unknown) => {
    // Over by itself meanwhile, or a code came, which is told by the list of active rentals.
    if (!(error instanceof PublicError && isOver(error.code))) throw error;
  });
  await freeOrder(ctx, input, id);
  return { kind: 'no_number', activationId: id };
}

async function freeOrder(ctx: WaitingContext, input: RentNumberInput, id: number): Promise<void> {
  const claim = idempotencyClaim(input, RENT_ROUTE);
  if (claim) await persistently(() => forgetKeyOfActivation(ctx.db, claim, id));
}

function isOver(code: ErrorCode): boolean {
  return code === 'already_cancelled' || code === 'code_already_received';
}

function isHandedOut(row: ActivationRow): boolean {
  return (row.state === 'active' || row.state === 'received') && row.cancelRequestedAt === null;
}

function rented(row: ActivationRow): OrderOutcome {
  const { id, phone, country, purchasedAt, expiresAt } = row;
  if (phone === null || purchasedAt === null) throw new Error('an active rental has no number');
  const price = formatMicros(row.priceMicros);
  return { kind: 'rented', number: { id, phone, price, country, rentedAt: purchasedAt, expiresAt } };
}

/** The order is the key: apart from those of other callers, and bound to what was asked for, not to the bid. */
function rentalOf({ orderId, callerHasGone: _, ...order }: RentOrderInput): RentNumberInput {
  const asked = `${order.service} ${order.country}`;
  return {
    ...order,
    idempotency:
      orderId === null
        ? null
        : { key: `order ${digest(orderId).toString('hex')}`, requestHash: digest(asked) },
    apiId: null,
    clientRef: null,
    callbackUrl: null,
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

interface ReplyBody {
  activation_id: string;
  phone: string;
  price: string;
  country: number;
  expires_at: string | null;
  error: ErrorCode;
  current_price?: string;
}

/** What `rentNumber` makes; its status tells which of the fields are there. */
function readReply({ body }: Reply): ReplyBody {
  return JSON.parse(body) as ReplyBody;
}
