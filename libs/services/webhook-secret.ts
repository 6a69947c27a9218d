import { randomBytes } from 'node:crypto';
import type { ServiceContext } from './context.ts';

/**
 * The secret that signs what goes to an owner's `callback_url`s, in the form of Standard Webhooks: `whsec_` and 32 bytes
 * as base64. Derived, not stored: it is the same as long as ENCRYPTION_KEY is.
 */
export function webhookSecret(ctx: Pick<ServiceContext, 'vault'>, owner: string): string {
  return inWords(ctx.vault.sign('webhook secret', owner));
}

/** One for an endpoint, which has its own so that it can be changed. */
export function newWebhookSecret(): string {
  return inWords(randomBytes(32));
}

/** The key within: what is signed with. */
export function secretBytes(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}

export const secretContext = (endpointId: string): string => `webhook_endpoints.secret:${endpointId}`;

const PREFIX = 'whsec_';
const inWords = (bytes: Buffer): string => `${PREFIX}${bytes.toString('base64')}`;
