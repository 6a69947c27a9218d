import { activationSubject } from '#libs/cache';
import { formatMicros, isBeingBought, type Micros, PublicError } from '#libs/domain';
import { rentNumberJob } from '#libs/jobs';
import { type ActivationRow, findActivation, type IdempotencyRecord } from '#libs/store';
import type { WaitingContext } from './context.ts';
import { priceScope } from './mirror.ts';
import { requireScope, requireUser } from './partner.ts';
import { makeQuote, type PurchaseTerms } from './rent-quote.ts';
import { refusalError } from './rental-errors.ts';
import {
  findRepeat,
  idempotencyClaim,
  jsonReply,
  type Repeatable,
  type Reply,
  rememberedReply,
  requireSameRequest,
  settleReply,
} from './reply.ts';
import { waitUntil } from './wait-until.ts';

export interface RentNumberInput extends Repeatable {
  service: string;
  country: number;
  apiId: number | null;
  maxPriceMicros: Micros | null;
  clientRef: string | null;
  callbackUrl: string | null;
}

export const RENT_ROUTE = 'rent_number';
/** How long the caller waits for the purchase before 202. */
export const RENT_WAIT_MS = 25_000;
const IN_FLIGHT_SECONDS = RENT_WAIT_MS / 1_000 + 5;
/** A purchase that could not be started within this is given up, so that its refusal still reaches the caller. */
const BUY_WITHIN_SECONDS = 20;

/**
 * Quote, hold, nudge, wait. Row, hold and key are one commit: dies before, nothing happened; dies after, the sweep
 * buys, `status` tells, and the same key gives the same id.
 */
export async function rentNumber({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: RentNumberInput;
}): Promise<Reply> {
  requireScope(input.partner, 'rent');
  const userId = requireUser(input.partner);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const opened = await openRental(ctx, input, userId);
    if (typeof opened === 'number') return buyAndReply(ctx, input, { id: opened, userId });
    if (opened) return replay(ctx, input, userId, opened);
  }
  throw new PublicError('idempotency_in_flight', { retryAfterSeconds: 1 });
}

/**
 * The id of a new rental, or what an earlier request with the same key left behind. Null: while this one was quoted
 * another took the key; it is looked for again.
 */
async function openRental(
  ctx: WaitingContext,
  input: RentNumberInput,
  userId: number,
): Promise<number | IdempotencyRecord | null> {
  const idempotency = idempotencyClaim(input, RENT_ROUTE);
  const facts = await ctx.rentIntake.look({
    idempotency,
    userId,
    providerId: input.apiId ?? ctx.config.partnerApiId,
    service: input.service,
    country: input.country,
    priceScope: priceScope(input),
  });
  // What is past its time is erased on the way.
  const earlier = facts.earlier?.outdated ? await findRepeat(ctx, idempotency) : facts.earlier;
  if (earlier && idempotency) return requireSameRequest(earlier, idempotency);
  const quote: PurchaseTerms = await makeQuote(ctx, { ...input, userId }, facts);
  ctx.crashPoint('rent.committing');
  return ctx.rentIntake.accept({
    ...input,
    ...quote,
    userId,
    apiKey: input.partner.keyId,
    buySeconds: BUY_WITHIN_SECONDS,
    idempotency,
  });
}

async function buyAndReply(
  ctx: WaitingContext,
  input: RentNumberInput,
  key: { id: number; userId: number },
): Promise<Reply> {
  ctx.crashPoint('rent.committed');
  const verdict = waitUntil(ctx, {
    subject: activationSubject(key.id),
    timeoutMs: RENT_WAIT_MS,
    read: () => ctx.rentIntake.read(key),
    settled: (activation) => activation === null || hasVerdict(activation),
    isNew: true,
  });
  void ctx.jobs.enqueue(rentNumberJob({ id: key.id, epoch: 1 }));
  const claim = idempotencyClaim(input, RENT_ROUTE);
  const row = await verdict;
  if (!row) throw new Error('an accepted rental has no row');
  if (row.phone === null || row.purchasedAt === null) {
    return settleReply(ctx, claim, input.requestId, async () => rentReply(row));
  }
  const reply = rentReply(row);
  // All of it stands in columns that never change again, so the caller need not wait for it to be kept.
  if (claim) ctx.rentIntake.keepLater(claim, reply);
  return { ...reply, replayed: false };
}

/** An unknown outcome is a verdict too: nothing more will be known within the request. */
function hasVerdict(row: ActivationRow): boolean {
  return !isBeingBought(row.state) || row.state === 'purchase_unknown';
}

function rentReply(row: ActivationRow) {
  if (isBeingBought(row.state))
    return jsonReply(202, { ok: true, activation_id: String(row.id), pending: true });
  if (!row.purchasedAt) throw refusalError(row);
  return jsonReply(200, {
    ok: true,
    activation_id: String(row.id),
    phone: row.phone,
    price: formatMicros(row.priceMicros),
    expires_at: row.expiresAt?.toISOString() ?? null,
    earliest_cancel_at: row.earliestCancelAt?.toISOString() ?? null,
    api_id: row.providerId,
    service: row.service,
    country: row.country,
    ...(row.clientRef === null ? {} : { client_ref: row.clientRef }),
  });
}

async function replay(
  ctx: WaitingContext,
  input: RentNumberInput,
  userId: number,
  record: IdempotencyRecord,
): Promise<Reply> {
  const remembered = rememberedReply(record);
  if (remembered) return remembered;
  const row = await findActivation(ctx.db, { id: record.activationId ?? 0, userId });
  if (!row || (!hasVerdict(row) && record.ageSeconds < IN_FLIGHT_SECONDS)) {
    throw new PublicError('idempotency_in_flight', { retryAfterSeconds: 1 });
  }
  const claim = idempotencyClaim(input, RENT_ROUTE);
  const reply = await settleReply(ctx, claim, input.requestId, async () => rentReply(row));
  return { ...reply, replayed: true };
}
