import type { Country } from '#libs/domain';
import { listLiveActivationIds, readMirror } from '#libs/store';
import type { ServiceContext } from './context.ts';
import type { Mirrored } from './mirror.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';
import { pickProvider } from './pick-provider.ts';
import { readStatuses } from './read-status.ts';

/** The partner's rentals that have a number and are not over, newest first, each as `status` tells it. */
export async function listLiveRentals({
  ctx,
  input: { partner, offset, limit },
}: {
  ctx: ServiceContext;
  input: { partner: Partner; offset: number; limit: number };
}): Promise<string[]> {
  requireScope(partner, 'read');
  const ids = await listLiveActivationIds(ctx.db, { userId: requireUser(partner), offset, limit });
  return ids.length > 0 ? readStatuses({ ctx, input: { partner, ids } }) : [];
}

/** Names by country id as the default provider last told them, however long ago; empty when it never did. */
export async function knownCountryNames(ctx: ServiceContext, partner: Partner): Promise<Map<number, string>> {
  const provider = await pickProvider(ctx, partner, null).catch(() => null);
  const entry =
    provider && (await readMirror(ctx.db, { providerId: provider.id, kind: 'countries', scope: '' }));
  const mirrored = entry?.payload as Mirrored<Country[]> | null | undefined;
  return new Map(mirrored?.kind === 'ok' ? mirrored.value.map(({ id, name }) => [id, name]) : []);
}
