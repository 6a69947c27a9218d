import { PublicError } from '#libs/domain';
import { type OwnApiKey, replaceApiKey, writeAudit } from '#libs/store';
import { createApiKey } from './api-key.ts';
import type { ServiceContext } from './context.ts';
import { doOnce } from './do-once.ts';
import { ownKeys, presentKey } from './list-keys.ts';
import { SCOPES } from './partner.ts';
import { jsonReply, type Repeatable, type Reply } from './reply.ts';

const ROUTE = 'rotate-key';

/**
 * Replaces the calling key by a new one with all that it may, and lets the old one live for an overlap. Only itself: a
 * key that could replace another would be worth as much as that one. New key, end of the old one and reply are one
 * commit; a lost reply is repeated by its Idempotency-Key.
 */
export async function rotateKey({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault' | 'config'>;
  input: Repeatable & { id: string; overlapSeconds: number };
}): Promise<Reply> {
  const { partner, id } = input;
  const own = (await ownKeys(ctx, partner)).find((row) => row.id === id);
  if (!own) throw new PublicError('key_not_found');
  if (own.id !== partner.keyId) throw new PublicError('key_not_yours');
  return doOnce(ctx, input, ROUTE, async (tx) => {
    const { row, secret } = await createApiKey({
      ctx: { db: tx, vault: ctx.vault },
      input: successorOf(own),
    });
    const overlap = { id: own.id, replacedBy: row.id, overlapSeconds: input.overlapSeconds };
    const endsAt = await replaceApiKey(tx, overlap);
    if (!endsAt) throw new PublicError('key_already_replaced');
    await writeAudit(tx, {
      actor: `key:${own.id}`,
      action: 'key.rotated',
      subject: own.id,
      details: { new_key: row.id, ends_at: endsAt },
    });
    return jsonReply(200, {
      ok: true,
      ...presentKey({ ...row, replacedBy: null }),
      secret,
      replaces: own.id,
      old_key_ends_at: endsAt.toISOString(),
    });
  });
}

function successorOf(own: OwnApiKey) {
  return {
    userId: own.userId,
    name: own.name,
    scopes: SCOPES.filter((scope) => own.scopes.includes(scope)),
    allowedCidrs: own.allowedCidrs,
    expiresAt: own.expiresAt,
    rateLimitPerSecond: own.rateLimitPerSecond,
  };
}
