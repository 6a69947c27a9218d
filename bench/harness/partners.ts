import { createApiKey, SCOPES, type ServiceContext } from '#libs/services';
import { createUser, moveMoney } from '#libs/store';

export interface Partner {
  userId: number;
  headers: Record<string, string>;
}

const PLENTY_MICROS = 1_000_000_000_000n;

/** Partners with more money than any benchmark spends. */
export async function createPartners(ctx: ServiceContext, count: number): Promise<Partner[]> {
  const partners: Partner[] = [];
  for (let i = 1; i <= count; i += 1) {
    const user = await createUser(ctx.db, { id: null, name: `partner ${i}` });
    if (!user) throw new Error('no partner was created');
    await moveMoney(ctx.db, {
      userId: user.id,
      kind: 'credit',
      amountMicros: PLENTY_MICROS,
      reason: 'bench',
    });
    const key = await createApiKey({ ctx, input: { userId: user.id, name: 'bench', scopes: SCOPES } });
    partners.push({ userId: user.id, headers: { authorization: `Bearer ${key.secret}` } });
  }
  return partners;
}
