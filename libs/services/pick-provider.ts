import { PublicError } from '#libs/domain';
import { listProviders, type ProviderRow } from '#libs/store';
import type { ServiceContext } from './context.ts';

/**
 * The provider row for a request: the one it names, else PARTNER_VIRTUAL_API_ID, else the first that is enabled.
 * Throws `virtual_numbers_not_configured` without any row, `api_not_found` for one that is absent or disabled.
 */
export async function pickProvider(
  ctx: Pick<ServiceContext, 'db' | 'config'>,
  apiId: number | null,
): Promise<ProviderRow> {
  const enabled = (await listProviders(ctx.db)).filter((row) => row.disabledAt === null);
  const wanted = apiId ?? ctx.config.partnerApiId;
  if (enabled.length === 0) throw new PublicError('virtual_numbers_not_configured');
  const row = wanted === null ? enabled[0] : enabled.find((candidate) => candidate.id === wanted);
  if (row) return row;
  if (apiId !== null) throw new PublicError('api_not_found');
  throw new PublicError('virtual_numbers_not_configured', {
    message: `The default provider row ${wanted} is absent or disabled; the operator must correct PARTNER_VIRTUAL_API_ID.`,
  });
}
