import { listOwnApiKeys, type OwnApiKey } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';

/** The keys of whoever owns the one that asks, oldest first; those of the environment are the operator's alone. */
export async function listKeys({
  ctx,
  input: { partner },
}: {
  ctx: Pick<ServiceContext, 'db' | 'config'>;
  input: { partner: Partner };
}) {
  requireScope(partner, 'read');
  return (await ownKeys(ctx, partner)).map((row) => presentKey(row));
}

export function ownKeys(ctx: Pick<ServiceContext, 'db' | 'config'>, partner: Partner): Promise<OwnApiKey[]> {
  const { keyId, userId } = partner;
  return listOwnApiKeys(ctx.db, { keyId, userId, defaultUserId: ctx.config.partnerUserId });
}

/** A key without anything secret. */
export function presentKey(row: OwnApiKey) {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    last_four: row.lastFour,
    test: row.test,
    state: stateOf(row),
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    replaced_by: row.replacedBy,
  };
}

/** By the database's clock. */
function stateOf(row: OwnApiKey): 'live' | 'revoked' | 'expired' {
  if (row.revokedAt) return 'revoked';
  return row.secondsLeft !== null && row.secondsLeft <= 0 ? 'expired' : 'live';
}
