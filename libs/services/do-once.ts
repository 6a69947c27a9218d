import type { Queryable } from '#libs/platform';
import { insertIdempotency, keepReply } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { findRepeat, idempotencyClaim, type Repeatable, type Reply, rememberedReply } from './reply.ts';

/**
 * For requests that one transaction answers: the key is taken, the work done and the reply kept in the same commit, so
 * that it is done once whatever the caller repeats and wherever a process dies. What `work` throws frees the key. The
 * kept reply is encrypted, since it may hold a secret.
 */
export async function doOnce(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  request: Repeatable,
  route: string,
  work: (tx: Queryable) => Promise<Omit<Reply, 'replayed'>>,
): Promise<Reply> {
  const claim = idempotencyClaim(request, route);
  const context = `idempotency_keys.reply_body:${claim?.scope}:${claim?.route}:${claim?.key}`;
  const repeated = async (): Promise<Reply | null> => {
    const record = await findRepeat(ctx, claim);
    const kept = record && rememberedReply(record);
    return kept && { ...kept, body: ctx.vault.decrypt(Buffer.from(kept.body, 'base64'), context) };
  };
  const before = await repeated();
  if (before) return before;
  const done = await ctx.db.transaction(async (tx) => {
    // A twin at the same moment is waited for here, and has taken the key if it went through.
    if (claim && !(await insertIdempotency(tx, claim, null))) return null;
    const reply = await work(tx);
    const body = ctx.vault.encrypt(reply.body, context).toString('base64');
    if (claim) await keepReply(tx, claim, { status: reply.status, body });
    return reply;
  });
  const reply = done ? { ...done, replayed: false } : await repeated();
  if (!reply) throw new Error('the key was taken and has no reply');
  return reply;
}
