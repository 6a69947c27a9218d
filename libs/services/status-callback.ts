import { equalInConstantTime } from '#libs/platform';
import type { ServiceContext } from './context.ts';

/** Path of the SMS provider's status callback. Our own signature binds the message id, beside the provider's. */
const PATH = '/callbacks/twilio/status';

export function statusCallbackUrl(
  ctx: Pick<ServiceContext, 'vault' | 'config'>,
  message: { id: string; epoch: number },
): string | null {
  const base = ctx.config.publicBaseUrl;
  if (base === null) return null;
  const query = new URLSearchParams({ m: message.id, e: String(message.epoch), s: signature(ctx, message) });
  return `${base}${PATH}?${query}`;
}

export function isOwnStatusCallback(
  ctx: Pick<ServiceContext, 'vault'>,
  claimed: { id: string; epoch: number; signature: string },
): boolean {
  return equalInConstantTime(Buffer.from(signature(ctx, claimed)), Buffer.from(claimed.signature));
}

function signature(ctx: Pick<ServiceContext, 'vault'>, message: { id: string; epoch: number }): string {
  return ctx.vault
    .sign('status callback', `${message.id}:${message.epoch}`)
    .toString('base64url')
    .slice(0, 32);
}
