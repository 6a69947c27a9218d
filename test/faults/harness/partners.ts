import { createApiKey, SCOPES, type ServiceContext } from '#libs/services';
import { createUser, moveMoney } from '#libs/store';
import type { Partner } from './client.ts';

/** Partners with more money than any test spends. */
export async function createPartners(ctx: ServiceContext, count: number): Promise<Partner[]> {
  const partners: Partner[] = [];
  for (let i = 0; i < count; i += 1) {
    const userId = (await createUser(ctx.db, { id: null, name: `partner ${i + 1}` }))?.id ?? 0;
    await moveMoney(ctx.db, { userId, kind: 'credit', amountMicros: 100_000_000_000n, reason: 'test' });
    const key = await createApiKey({ ctx, input: { userId, name: 'test', scopes: SCOPES } });
    partners.push({ userId, apiKey: key.secret });
  }
  return partners;
}
