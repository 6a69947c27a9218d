import { formatMicros, PublicError } from '#libs/domain';
import { findWallet } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';

/** `balance` is all that is owned, `available` what is not held. */
export async function readWallet({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { partner: Partner };
}) {
  requireScope(input.partner, 'wallet');
  const userId = requireUser(input.partner);
  const wallet = await findWallet(ctx.db, userId);
  if (!wallet) {
    throw new PublicError('partner_user_not_configured', {
      message: `The configured wallet user ${userId} does not exist; the operator must create it.`,
    });
  }
  return {
    user_id: userId,
    currency: 'USD',
    balance: formatMicros(wallet.balanceMicros),
    held: formatMicros(wallet.heldMicros),
    available: formatMicros(wallet.balanceMicros - wallet.heldMicros),
  };
}
