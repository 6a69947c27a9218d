import type { Micros } from '#libs/domain';
import { ensureTestUser, moveMoney, type User } from '#libs/store';
import type { ServiceContext } from './context.ts';

/** What a new test wallet holds. */
export const PLAY_MONEY_MICROS: Micros = 100_000_000n;

/**
 * The user that test keys of `user` act for: its test twin, with a wallet of play money, made with the first one. A test
 * user is its own. Dies before the credit: it is made up for at the next call, since its reference moves money once.
 */
export async function testUserOf({
  ctx,
  input: { user },
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { user: User };
}): Promise<User> {
  if (user.testOf !== null) return user;
  const twin = await ensureTestUser(ctx.db, user);
  await moveMoney(ctx.db, {
    userId: twin.id,
    kind: 'credit',
    amountMicros: PLAY_MONEY_MICROS,
    reason: 'play money',
    reference: 'play-money',
  });
  return twin;
}
