import { recordStatusAnswer } from '#libs/services';
import { loadActivations } from '#libs/store';
import type { JobHandler } from '../deps.ts';

/** Asks for a rental's status now, because a push hinted at news. Losing it costs one poll interval. */
export const checkActivation: JobHandler = async ({ ctx, numbers, timer }, { id }) => {
  const [activation] = await loadActivations(ctx.db, [Number(id)]);
  const { providerRef } = activation ?? {};
  if (!activation || !providerRef) return;
  const provider = await numbers.get(activation.providerId);
  if (!provider) return;
  const answer = await timer.time(`number:${activation.providerId}`, 'status', () =>
    provider.status(providerRef),
  );
  await recordStatusAnswer({ ctx, input: { activation, answer } });
};
