import { randomUUID } from 'node:crypto';
import { type Offer, type Outcome, type Purchase, TEST_PROVIDER_ID } from '#libs/domain';
import type { NumberProvider } from '#libs/providers';
import { endPendingRental, persistently, priceScope, refreshOffers, settlePurchase } from '#libs/services';
import type { ActivationRow } from '#libs/store';
import type { JobHandler, WorkerDeps } from '../deps.ts';
import { isStale, TOO_LATE } from '../stale-claim.ts';

/**
 * Claims one purchase, asks the provider once, writes what came of it with its money.
 * Dies before the claim: the sweep nudges again. After it: the row is `buying`, becomes `purchase_unknown`, the hold
 * stays, and nothing is bought a second time.
 */
export const rentNumber: JobHandler = async (deps, { id: idText, epoch }) => {
  const { ctx } = deps;
  const id = Number(idText);
  const claim = randomUUID();
  const started = performance.now();
  const activation = await ctx.purchases.claim({ id, epoch, claim });
  if (!activation) {
    await endPendingRental(ctx, id, true);
    return;
  }
  ctx.crashPoint('rent-number.claimed');
  const provider = await deps.numbers.get(activation.providerId);
  const outcome = isStale(ctx, started) ? TOO_LATE : await buy(deps, provider, activation);
  ctx.crashPoint('rent-number.answered');
  const offers =
    provider && lacksStock(outcome) ? await readOffers(deps, provider, activation).catch(() => null) : null;
  const held = { id, epoch, claim };
  await persistently(() => settlePurchase({ ctx, input: { activation, held, outcome, offers } }));
  ctx.crashPoint('rent-number.settled');
  ctx.log.info({
    event: 'purchase.done',
    activation_id: id,
    epoch,
    mode: activation.providerId === TEST_PROVIDER_ID ? 'test' : 'live',
    provider_id: activation.providerId,
    outcome: outcome.kind,
    code: outcome.kind === 'rejected' ? outcome.code : null,
    detail: 'detail' in outcome ? outcome.detail : null,
    ms: Math.round(performance.now() - started),
  });
};

const NO_PROVIDER: Outcome<Purchase> = {
  kind: 'rejected',
  scope: 'request',
  reason: 'other',
  code: null,
  message: 'The provider row does not exist any more.',
};

async function buy(
  deps: WorkerDeps,
  provider: NumberProvider | null,
  activation: ActivationRow,
): Promise<Outcome<Purchase>> {
  if (!provider) return NO_PROVIDER;
  const { service, country, maxCostMicros: maxPriceMicros } = activation;
  return deps.timer.time(`number:${activation.providerId}`, 'buy', () =>
    provider.buy({ service, country, maxPriceMicros }),
  );
}

function lacksStock(outcome: Outcome<Purchase>): boolean {
  return (
    outcome.kind === 'rejected' && (outcome.reason === 'out_of_stock' || outcome.reason === 'price_too_low')
  );
}

/** Tells a higher price from an empty shelf, and makes the next quote right. */
function readOffers(
  { ctx }: WorkerDeps,
  provider: NumberProvider,
  activation: ActivationRow,
): Promise<Offer[] | null> {
  const { providerId, service, country } = activation;
  return refreshOffers(
    ctx,
    { providerId, kind: 'prices', scope: priceScope({ service, country }) },
    provider,
  );
}
