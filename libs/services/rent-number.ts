import { activationSubject } from '#libs/cache';
import { formatMicros, isBeingBought, type Micros, PublicError } from '#libs/domain';
import { rentNumberJob } from '#libs/jobs';
import {
  type ActivationRow,
  findActivation,
  findRefusal,
  findUser,
  type IdempotencyRecord,
  insertActivation,
  insertIdempotency,
  moveMoney,
} from '#libs/store';
import type { WaitingContext } from './context.ts';
import { priceScope, readFresh } from './mirror.ts';
import { requireScope, requireUser } from './partner.ts';
import { pickProvider } from './pick-provider.ts';
import { loadPricing } from './pricing.ts';
import { cheapestOffers, valueOrThrow } from './read-catalogue.ts';
import type { MirroredOffer } from './refresh-mirror.ts';
import { refusalError } from './rental-errors.ts';
import {
  findRepeat,
  idempotencyClaim,
  jsonReply,
  type Repeatable,
  type Reply,
  rememberedReply,
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

const ROUTE = 'rent_number';
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
  const claim = idempotencyClaim(input, ROUTE);
  const repeat = await findRepeat(ctx, claim);
  if (repeat) return replay(ctx, input, userId, repeat);
  if (!(await findUser(ctx.db, userId))) throw userMissing(userId);

  const quote = await makeQuote(ctx, input, userId);
  const id = await ctx.db
    .transaction(async (tx) => {
      const activationId = await insertActivation(tx, {
        ...input,
        ...quote,
        userId,
        apiKey: input.partner.keyId,
        buySeconds: BUY_WITHIN_SECONDS,
      });
      if (claim && !(await insertIdempotency(tx, claim, activationId))) throw new LostRace();
      const hold = {
        userId,
        kind: 'hold',
        amountMicros: quote.priceMicros,
        activationId,
        reason: 'rental',
      } as const;
      await moveMoney(tx, hold);
      ctx.crashPoint('rent.committing');
      return activationId;
    })
    .catch((error) => {
      if (error instanceof LostRace) return null;
      throw error;
    });
  if (id === null) return afterLostRace(ctx, input, userId);
  ctx.crashPoint('rent.committed');

  void ctx.jobs.enqueue(rentNumberJob({ id, epoch: 1 }));
  return settleReply(ctx, claim, input.requestId, async () => {
    const row = await waitUntil(ctx, {
      subject: activationSubject(id),
      timeoutMs: RENT_WAIT_MS,
      read: () => findActivation(ctx.db, { id, userId }),
      settled: (activation) => activation === null || hasVerdict(activation),
    });
    if (!row) throw new Error('an accepted rental has no row');
    return rentReply(row);
  });
}

/** Thrown to roll back: another request with the same key was first. */
class LostRace extends Error {}

function userMissing(userId: number): PublicError {
  return new PublicError('partner_user_not_configured', {
    message: `The configured wallet user ${userId} does not exist; the operator must create it.`,
  });
}

async function makeQuote(ctx: WaitingContext, input: RentNumberInput, userId: number) {
  const provider = await pickProvider(ctx, input.apiId);
  const refusal = await findRefusal(ctx.db, `number:${provider.id}`);
  if (refusal) {
    throw new PublicError('provider_error', {
      message: refusal.message,
      retryAfterSeconds: Math.ceil(refusal.secondsLeft),
    });
  }
  const { service, country } = input;
  const key = { providerId: provider.id, kind: 'prices', scope: priceScope({ service, country }) } as const;
  const offers = valueOrThrow(await readFresh<MirroredOffer[]>(ctx, key));
  const best = cheapestOffers(offers).find((offer) => offer.service === service && offer.country === country);
  if (!best) throw new PublicError('out_of_stock');
  const maxCostMicros = BigInt(best.costMicros);
  const priceMicros = (await loadPricing(ctx))(maxCostMicros, { userId, service, country });
  if (input.maxPriceMicros !== null && priceMicros > input.maxPriceMicros) {
    throw new PublicError('price_changed', { details: { current_price: formatMicros(priceMicros) } });
  }
  return { providerId: provider.id, priceMicros, maxCostMicros };
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

async function afterLostRace(ctx: WaitingContext, input: RentNumberInput, userId: number): Promise<Reply> {
  const repeat = await findRepeat(ctx, idempotencyClaim(input, ROUTE));
  if (!repeat) throw new PublicError('idempotency_in_flight', { retryAfterSeconds: 1 });
  return replay(ctx, input, userId, repeat);
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
  const claim = idempotencyClaim(input, ROUTE);
  const reply = await settleReply(ctx, claim, input.requestId, async () => rentReply(row));
  return { ...reply, replayed: true };
}
