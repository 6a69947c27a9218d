import { errorReply, PublicError } from '#libs/domain';
import { findIdempotency, forgetIdempotency, type IdempotencyRecord, keepReply } from '#libs/store';
import type { ServiceContext } from './context.ts';
import type { Partner } from './partner.ts';

/** A reply whose bytes are settled, so that repeating it repeats them. */
export interface Reply {
  status: number;
  body: string;
  replayed: boolean;
}

/** What a request brings for Idempotency-Key. `requestHash` covers the body; null key: nothing is remembered. */
export interface Repeatable {
  partner: Partner;
  requestId: string;
  idempotency: IdempotencyOfRequest | null;
}

export interface IdempotencyOfRequest {
  key: string;
  requestHash: Buffer;
  /** Where the key belongs, when the verb is offered under more than one name. */
  route?: string;
}

export const jsonReply = (status: number, body: Record<string, unknown>): Omit<Reply, 'replayed'> => ({
  status,
  body: JSON.stringify(body),
});

/** The record's place: per partner and route. */
export function idempotencyClaim(input: Repeatable, route: string) {
  const { partner, idempotency } = input;
  if (!idempotency) return null;
  return {
    scope: partner.owner,
    route: idempotency.route ?? route,
    key: idempotency.key,
    requestHash: idempotency.requestHash,
  };
}

type Claim = NonNullable<ReturnType<typeof idempotencyClaim>>;

/** What an earlier request with this key left behind, or null. Throws 422 when it asked for something else. */
export async function findRepeat(
  ctx: Pick<ServiceContext, 'db'>,
  claim: Claim | null,
): Promise<IdempotencyRecord | null> {
  if (!claim) return null;
  const record = await findIdempotency(ctx.db, claim);
  return record && requireSameRequest(record, claim);
}

/** The record. Throws 422 when it stands for another request than this. */
export function requireSameRequest(record: IdempotencyRecord, claim: Claim): IdempotencyRecord {
  if (!record.requestHash.equals(claim.requestHash)) throw new PublicError('idempotency_mismatch');
  return record;
}

/** The remembered reply, or null while the first request has not settled on one. */
export function rememberedReply(record: IdempotencyRecord): Reply | null {
  if (record.replyStatus === null || record.replyBody === null) return null;
  return { status: record.replyStatus, body: record.replyBody, replayed: true };
}

/**
 * Runs the last stretch of a request that made a row and settles its reply. Successes and conflicts are remembered
 * (the first one kept wins); any other error frees the key, so that the caller may try anew.
 */
export async function settleReply(
  ctx: ServiceContext,
  claim: Claim | null,
  requestId: string,
  work: () => Promise<Omit<Reply, 'replayed'>>,
): Promise<Reply> {
  const reply = await work().catch((error: unknown) => {
    if (error instanceof PublicError) return errorReply(error, requestId);
    throw error;
  });
  if (!claim) return { ...reply, replayed: false };
  const remembered = reply.status < 300 || reply.status === 409;
  if (!remembered) {
    await forgetIdempotency(ctx.db, claim);
    return { ...reply, replayed: false };
  }
  const kept = await keepReply(ctx.db, claim, reply);
  return { ...kept, replayed: false };
}
