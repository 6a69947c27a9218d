import { checkActivationJob } from '#libs/jobs';
import { sqlState } from '#libs/platform';
import {
  type ActivationRow,
  adoptPurchase,
  findActivationByRef,
  findProviderBySecret,
  insertPush,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { pushContext } from './record-code.ts';

export interface PushInput {
  /** The secret part of the path: it names the provider row. */
  secret: string;
  providerRef: string;
  service: string | null;
  country: number | null;
  code: string | null;
  text: string | null;
}

/**
 * Takes a provider's push. It is unsigned, so it is only a hint: it is kept, and the provider is asked at once. A
 * push for a rental nobody knows is the only trace of a purchase whose answer was lost, and may be adopted.
 * Null when the secret is not one of ours.
 */
export async function recordPush({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: PushInput;
}): Promise<'checking' | 'adopted' | 'kept' | null> {
  const provider = await findProviderBySecret(ctx.db, input.secret);
  if (!provider) return null;
  const key = { providerId: provider.id, providerRef: input.providerRef };
  const content = JSON.stringify({ code: input.code, text: input.text });
  const pushId = await insertPush(ctx.db, {
    ...key,
    service: input.service,
    country: input.country,
    content: ctx.vault.encrypt(content, pushContext(key)),
    contentHash: ctx.vault.sign('push content', content),
    hasCode: input.code !== null,
  });
  const known = await findActivationByRef(ctx.db, key);
  const activation = known ?? (await adopt(ctx, { ...key, service: input.service, country: input.country }));
  const result = known ? 'checking' : activation ? 'adopted' : 'kept';
  ctx.log.info({
    event: 'provider.push',
    provider_id: provider.id,
    activation_id: activation?.id ?? null,
    result,
  });
  if (activation) await askNow(ctx, activation, pushId);
  return result;
}

/** Tried again by the sweep, since a push may come before the purchase is known to be unknown. */
export async function adopt(
  ctx: ServiceContext,
  push: { providerId: number; providerRef: string; service: string | null; country: number | null },
): Promise<ActivationRow | null> {
  const { service, country } = push;
  if (service === null || country === null) return null;
  try {
    const row = await adoptPurchase(ctx.db, {
      ...push,
      service,
      country,
      lifetimeSeconds: ctx.config.activationLifetimeSeconds,
      earliestCancelSeconds: ctx.config.timings.earliestCancelSeconds,
    });
    if (row) {
      ctx.log.warn({ event: 'activation.adopted', activation_id: row.id, provider_id: row.providerId });
      await publishActivation(ctx, row);
    }
    return row;
  } catch (error) {
    if (sqlState(error) === '23505') return null;
    throw error;
  }
}

/** By job, and by the poll index in case the job is lost. */
async function askNow(ctx: ServiceContext, activation: ActivationRow, pushId: bigint | null): Promise<void> {
  void ctx.jobs.enqueue(checkActivationJob({ id: activation.id, pushId: String(pushId ?? Date.now()) }));
  if (activation.state !== 'active' && activation.state !== 'received') return;
  await ctx.pollIndex.schedule([{ activationId: activation.id, inMs: 0 }]).catch(() => undefined);
}
