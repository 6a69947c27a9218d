import { randomBytes } from 'node:crypto';
import { TEST_PROVIDER_ID } from '#libs/domain';
import {
  insertFirstProvider,
  insertProvider,
  type NewProvider,
  type ProviderRow,
  updateProviderAccess,
} from '#libs/store';
import type { ServiceContext } from './context.ts';

type VaultContext = Pick<ServiceContext, 'vault'>;

/** The credentials of a provider row are bound to where they may be sent. */
const credentialsContext = (provider: Pick<ProviderRow, 'kind' | 'apiUrl'>): string =>
  `providers.credentials:${provider.kind}:${provider.apiUrl}`;

export interface ProviderInput {
  kind: string;
  name: string;
  apiUrl: string;
  apiKey: string;
  requestsPerSecond: number;
}

export function addProvider({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault'>;
  input: ProviderInput;
}): Promise<ProviderRow> {
  return insertProvider(ctx.db, sealed(ctx, input));
}

/** Row 1 from SMSBOWER_API_KEY and SMSBOWER_API_URL, when there is no row yet. True when it was created. */
export async function ensureFirstProvider(
  ctx: Pick<ServiceContext, 'db' | 'vault' | 'config'>,
): Promise<boolean> {
  const { smsbower } = ctx.config;
  if (!smsbower) return false;
  return insertFirstProvider(
    ctx.db,
    sealed(ctx, { kind: 'smsbower', name: 'SMSBower', requestsPerSecond: 0, ...smsbower }),
  );
}

/** The row that plays for test keys has none. */
export function openCredentials(ctx: VaultContext, provider: ProviderRow): string {
  if (provider.id === TEST_PROVIDER_ID) return '';
  return ctx.vault.decrypt(provider.credentials, credentialsContext(provider));
}

/** Where the provider is to send its pushes; the path is the only secret they carry. */
export function callbackUrl(baseUrl: string, provider: Pick<ProviderRow, 'kind' | 'callbackSecret'>): string {
  return `${baseUrl}/callbacks/${provider.kind}/${provider.callbackSecret}`;
}

function sealed(ctx: VaultContext, input: ProviderInput): NewProvider {
  return {
    kind: input.kind,
    name: input.name,
    apiUrl: input.apiUrl,
    credentials: ctx.vault.encrypt(input.apiKey, credentialsContext(input)),
    callbackSecret: randomBytes(24).toString('hex'),
    requestsPerSecond: input.requestsPerSecond,
  };
}

/** Gives a row another address and key; its callback secret, rentals and prices stay. */
export function moveProvider({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault'>;
  input: { provider: ProviderRow; apiUrl: string; apiKey: string };
}): Promise<void> {
  const { provider, apiUrl, apiKey } = input;
  const credentials = ctx.vault.encrypt(apiKey, credentialsContext({ kind: provider.kind, apiUrl }));
  return updateProviderAccess(ctx.db, { id: provider.id, apiUrl, credentials });
}
