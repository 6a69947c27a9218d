import { backoffMs, type Offer, type Outcome, type Purchase } from '#libs/domain';
import { commandJob, rentNumberJob } from '#libs/jobs';
import { sqlState } from '#libs/platform';
import {
  type ActivationRow,
  noteRefusal,
  type PurchaseClaim,
  releaseNotBought,
  settleNotBought,
  settlePurchaseUnknown,
  settleRefused,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { type PurchaseRefusal, refusalOf } from './purchase-refusal.ts';
import { releaseHold } from './release-rental.ts';
import { settleLatePurchase } from './settle-late-purchase.ts';

export interface SettlePurchaseInput {
  activation: ActivationRow;
  held: PurchaseClaim;
  outcome: Outcome<Purchase>;
  /** Offers read after a refusal for lack of stock, to tell a new price from none; null when not known. */
  offers: Offer[] | null;
}

/**
 * Writes what a purchase came to, with its money, in one transaction. Dies before the commit: the row stays `buying`,
 * becomes `purchase_unknown`, and the hold stays until upstream tells or the time is over.
 */
export async function settlePurchase({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SettlePurchaseInput;
}): Promise<void> {
  const { held, outcome } = input;
  const row = await settle(ctx, input);
  await noteRefusing(ctx, input);
  if (!row) {
    ctx.log.warn({
      event: 'purchase.claim_lost',
      activation_id: held.id,
      epoch: held.epoch,
      outcome: outcome.kind,
    });
    return;
  }
  await publishActivation(ctx, row);
  if (row.command)
    void ctx.jobs.enqueue(commandJob({ id: row.id, command: row.command, epoch: row.commandEpoch }));
}

async function settle(ctx: ServiceContext, input: SettlePurchaseInput): Promise<ActivationRow | null> {
  const { held, outcome } = input;
  switch (outcome.kind) {
    case 'accepted':
      return settleBought(ctx, input, outcome.value);
    case 'rejected':
      return refuse(ctx, held, await refusalOf(ctx, input, outcome));
    case 'not_sent':
      return retryOrGiveUp(ctx, input, outcome.retryAfterMs);
    case 'unknown':
      return settlePurchaseUnknown(ctx.db, held, holdSeconds(ctx));
  }
}

/** Upstream keeps a number that long; only then is an unknown purchase surely over. */
export function holdSeconds(ctx: Pick<ServiceContext, 'config'>): number {
  return ctx.config.activationLifetimeSeconds + ctx.config.unknownGraceSeconds;
}

async function settleBought(
  ctx: ServiceContext,
  input: SettlePurchaseInput,
  bought: Purchase,
): Promise<ActivationRow | null> {
  const { held, activation } = input;
  if (bought.costMicros !== null && bought.costMicros > activation.maxCostMicros) {
    ctx.log.error({
      event: 'purchase.over_ceiling',
      activation_id: held.id,
      cost_micros: String(bought.costMicros),
    });
  }
  const row = await settleNumber(ctx, input, bought);
  if (row) return row;
  // The reference is another's: nobody knows what, if anything, was bought for this one.
  const doubtful = await settlePurchaseUnknown(ctx.db, held, holdSeconds(ctx));
  if (!doubtful) return settleLatePurchase(ctx, { ...input, bought });
  ctx.log.error({
    event: 'purchase.duplicate_reference',
    activation_id: held.id,
    provider_id: activation.providerId,
  });
  return doubtful;
}

/** Null when the claim is lost, or when the reference has another rental or lies in suspense. */
async function settleNumber(
  ctx: ServiceContext,
  { held, activation: { providerId } }: SettlePurchaseInput,
  bought: Purchase,
): Promise<ActivationRow | null> {
  try {
    return await ctx.purchases.settle({ ...held, ...bought, providerId });
  } catch (error) {
    if (sqlState(error) === '23505') return null;
    throw error;
  }
}

function refuse(
  ctx: ServiceContext,
  held: PurchaseClaim,
  refusal: PurchaseRefusal,
): Promise<ActivationRow | null> {
  return ctx.db.transaction(async (tx) => {
    // Given up as unknown meanwhile: the proof still counts.
    const row = (await settleRefused(tx, held, refusal)) ?? (await releaseNotBought(tx, held));
    if (row) await releaseHold(tx, row);
    return row;
  });
}

async function retryOrGiveUp(
  ctx: ServiceContext,
  input: SettlePurchaseInput,
  retryAfterMs: number | null,
): Promise<ActivationRow | null> {
  const { held, activation } = input;
  const delayMs = retryAfterMs ?? backoffMs(held.epoch, { baseMs: 400, mostMs: 5_000 });
  if (activation.buyOver) {
    const message = 'The provider could not be reached. Nothing was bought.';
    return refuse(ctx, held, { reason: 'provider_unavailable', message, currentPriceMicros: null });
  }
  const row = await settleNotBought(ctx.db, held, delayMs);
  if (!row) return releaseProven(ctx, held);
  void ctx.jobs.enqueue(rentNumberJob(row, delayMs));
  return row;
}

/** Given up as unknown meanwhile, and not tried again: its caller has long been told. */
function releaseProven(ctx: ServiceContext, held: PurchaseClaim): Promise<ActivationRow | null> {
  return ctx.db.transaction(async (tx) => {
    const row = await releaseNotBought(tx, held);
    if (row) await releaseHold(tx, row);
    return row;
  });
}

/** That a provider answers again is written with the number it sold. */
async function noteRefusing(
  ctx: ServiceContext,
  { activation, outcome }: SettlePurchaseInput,
): Promise<void> {
  if (outcome.kind !== 'rejected' || outcome.scope !== 'account') return;
  const provider = `number:${activation.providerId}`;
  const { reason, message } = outcome;
  ctx.log.error({ event: 'provider.refuses', provider, reason });
  const seconds = ctx.config.timings.numbersPauseSeconds;
  await noteRefusal(ctx.db, { provider, reason, message, seconds });
}
