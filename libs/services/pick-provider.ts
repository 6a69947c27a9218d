import { PublicError, TEST_PROVIDER_ID } from '#libs/domain';
import { findProvider, listProviders, type ProviderRow } from '#libs/store';
import type { ServiceContext } from './context.ts';
import type { Partner } from './partner.ts';

/**
 * The provider row for a request: the one it names, else PARTNER_VIRTUAL_API_ID, else the first that is enabled.
 * A test key always gets the row that plays for it; one that it names must exist all the same.
 * Throws `virtual_numbers_not_configured` without any row, `api_not_found` for one that is absent or disabled.
 */
export async function pickProvider(
  ctx: Pick<ServiceContext, 'db' | 'config'>,
  partner: Pick<Partner, 'mode'>,
  apiId: number | null,
): Promise<ProviderRow> {
  const enabled = (await listProviders(ctx.db)).filter((row) => row.disabledAt === null);
  if (partner.mode === 'test') return pickScripted(ctx, enabled, apiId);
  const wanted = apiId ?? ctx.config.partnerApiId;
  const row = wanted === null ? enabled[0] : enabled.find((candidate) => candidate.id === wanted);
  if (!row) throw noProvider(ctx, apiId, enabled.length > 0);
  return row;
}

/** Why there is no provider row for a request; `any`: some row is enabled. */
export function noProvider(
  ctx: Pick<ServiceContext, 'config'>,
  apiId: number | null,
  any: boolean,
): PublicError {
  if (!any) return new PublicError('virtual_numbers_not_configured');
  if (apiId !== null) return new PublicError('api_not_found');
  return new PublicError('virtual_numbers_not_configured', {
    message: `The default provider row ${ctx.config.partnerApiId} is absent or disabled; the operator must correct PARTNER_VIRTUAL_API_ID.`,
  });
}

async function pickScripted(
  ctx: Pick<ServiceContext, 'db'>,
  enabled: ProviderRow[],
  apiId: number | null,
): Promise<ProviderRow> {
  const scripted = await findProvider(ctx.db, TEST_PROVIDER_ID);
  if (!scripted) throw new Error('the row that plays for test keys is gone');
  if (apiId === null || apiId === scripted.id || enabled.some(({ id }) => id === apiId)) return scripted;
  throw new PublicError('api_not_found');
}
