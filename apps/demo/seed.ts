import {
  createApiKey,
  createOperator,
  formatApiKey,
  type KeyMode,
  SCOPES,
  type ServiceContext,
  testUserOf,
  verifyPassword,
} from '#libs/services';
import { createUser, findApiKey, findOperator, findUser, findWallet, moveMoney } from '#libs/store';

const DEMO_USER = { id: 1, name: 'Demo partner' };
const LEAST_MICROS = 10_000_000n;
const CREDIT_MICROS = 100_000_000n;

type SeedContext = Pick<ServiceContext, 'db' | 'vault'>;

/** One partner with a funded wallet, an API key and a test key. They follow from ENCRYPTION_KEY: each start shows the same. */
export async function seedPartner(
  ctx: SeedContext,
): Promise<{ userId: number; apiKey: string; testKey: string }> {
  if (!(await findUser(ctx.db, DEMO_USER.id))) await createUser(ctx.db, DEMO_USER);
  const user = await findUser(ctx.db, DEMO_USER.id);
  if (!user) throw new Error('the demo user is gone');
  await fund(ctx, user.id);
  const twin = await testUserOf({ ctx, input: { user } });
  return {
    userId: user.id,
    apiKey: await seedKey(ctx, { userId: user.id, purpose: 'demo key', mode: 'live' }),
    testKey: await seedKey(ctx, { userId: twin.id, purpose: 'demo test key', mode: 'test' }),
  };
}

async function seedKey(
  ctx: SeedContext,
  { userId, purpose, mode }: { userId: number; purpose: string; mode: KeyMode },
): Promise<string> {
  const key = {
    id: ctx.vault.sign(purpose, 'id').toString('hex').slice(0, 12),
    secret: ctx.vault.sign(purpose, 'secret').toString('hex'),
  };
  if (!(await findApiKey(ctx.db, key.id)))
    await createApiKey({ ctx, input: { userId, name: 'npm start', scopes: SCOPES, key } });
  return formatApiKey({ ...key, mode });
}

/** An operator for the console. `password` is null when somebody gave the operator another one since. */
export async function seedOperator(ctx: SeedContext): Promise<{ name: string; password: string | null }> {
  const name = 'admin';
  const password = ctx.vault.sign('demo operator', 'password').toString('hex').slice(0, 20);
  const known = await findOperator(ctx.db, name);
  if (!known) await createOperator({ ctx, input: { name, role: 'admin', password, actor: 'npm start' } });
  const unchanged = !known || (await verifyPassword(known.passwordHash, password));
  return { name, password: unchanged ? password : null };
}

async function fund(ctx: SeedContext, userId: number): Promise<void> {
  const wallet = await findWallet(ctx.db, userId);
  if (wallet && wallet.balanceMicros - wallet.heldMicros >= LEAST_MICROS) return;
  await moveMoney(ctx.db, { userId, kind: 'credit', amountMicros: CREDIT_MICROS, reason: 'demo money' });
}
