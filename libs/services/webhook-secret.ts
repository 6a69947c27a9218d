import type { ServiceContext } from './context.ts';

/**
 * The secret that signs an owner's webhooks, in the form of Standard Webhooks: `whsec_` and 32 bytes as base64.
 * Derived, not stored: it is the same as long as ENCRYPTION_KEY is.
 */
export function webhookSecret(ctx: Pick<ServiceContext, 'vault'>, owner: string): string {
  return `${PREFIX}${secretBytes(ctx, owner).toString('base64')}`;
}

export function secretBytes(ctx: Pick<ServiceContext, 'vault'>, owner: string): Buffer {
  return ctx.vault.sign('webhook secret', owner);
}

const PREFIX = 'whsec_';
