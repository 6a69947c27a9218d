import { randomUUID } from 'node:crypto';
import { messageSubject } from '#libs/cache';
import { PublicError, publicMessageStatus, type Segmentation, segmentText } from '#libs/domain';
import { smsSendJob } from '#libs/jobs';
import {
  failRefused,
  findMessage,
  findRefusal,
  type IdempotencyRecord,
  type MessageRow,
  type NewMessage,
} from '#libs/store';
import type { WaitingContext } from './context.ts';
import { requireScope } from './partner.ts';
import {
  findRepeat,
  idempotencyClaim,
  jsonReply,
  type Repeatable,
  type Reply,
  rememberedReply,
  settleReply,
} from './reply.ts';
import { waitUntil } from './wait-until.ts';

export interface SendMessageInput extends Repeatable {
  to: string;
  message: string;
  reference: string | null;
  callbackUrl: string | null;
  validitySeconds: number | null;
  sendAt: Date | null;
  /** Seconds the caller is ready to wait for the provider's verdict. */
  waitSeconds: number;
}

const ROUTE = 'sms-send';
const DEFAULT_VALIDITY_SECONDS = 4 * 3_600;
/** A first request may still be waiting that long for its verdict. */
const IN_FLIGHT_SECONDS = 25;

/**
 * Accepts a message: one commit, then a nudge. From the commit on it survives the loss of Redis and of any process.
 * Dies before the commit: nothing happened, the same key sends. Dies after: the sweep finds the row, the same key
 * finds the reply.
 */
export async function sendMessage({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: SendMessageInput;
}): Promise<Reply> {
  requireScope(input.partner, 'send');
  const test = input.partner.mode === 'test';
  if (!ctx.config.twilio && !test) throw new PublicError('outbound_sms_not_configured');
  const id = randomUUID();
  const segmentation = segmentText(input.message);
  const queued = acceptedReply(id, 'queued', segmentation);
  const claim = idempotencyClaim(input, ROUTE);
  const earlier = await insertOrFindEarlier(ctx, input, {
    id,
    owner: input.partner.owner,
    test,
    apiKey: input.partner.keyId,
    to: input.to,
    body: ctx.vault.encrypt(input.message, `messages.body:${id}`),
    ...segmentation,
    reference: input.reference,
    callbackUrl: input.callbackUrl,
    sendAt: input.sendAt,
    validitySeconds: input.validitySeconds ?? DEFAULT_VALIDITY_SECONDS,
    idempotency: claim && { ...claim, reply: input.waitSeconds > 0 ? null : queued },
  });
  if (earlier) return earlier;
  ctx.crashPoint('accept.committed');

  const delayMs = Math.max(0, (input.sendAt?.getTime() ?? 0) - Date.now());
  ctx.intake.nudge(smsSendJob({ id, epoch: 1 }, delayMs));
  if (input.waitSeconds === 0) return { ...queued, replayed: false };
  return settleReply(ctx, claim, input.requestId, () => waitForVerdict(ctx, input, id));
}

/**
 * Inserts first and looks only when nothing went in: then a request with the same key has its reply (a refusing
 * provider does not change that), or the provider refuses, or both have just ended and it goes in the second time.
 */
async function insertOrFindEarlier(
  ctx: WaitingContext,
  input: SendMessageInput,
  message: NewMessage,
): Promise<Reply | null> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    ctx.crashPoint('accept.inserting');
    if (await ctx.intake.accept(message)) return null;
    const repeat = await findRepeat(ctx, idempotencyClaim(input, ROUTE));
    if (repeat) return replay(ctx, input, repeat);
    if (!message.test) await refuseWhileProviderRefuses(ctx);
  }
  throw new PublicError(input.idempotency ? 'idempotency_in_flight' : 'overloaded', { retryAfterSeconds: 1 });
}

function acceptedReply(id: string, status: string, { segments, encoding }: Segmentation) {
  return jsonReply(200, { ok: true, id, status, segments, encoding });
}

/** A provider known to refuse everything now refuses new sends; messages accepted before wait in their rows. */
async function refuseWhileProviderRefuses(ctx: WaitingContext): Promise<void> {
  const refusal = await findRefusal(ctx.db, 'twilio');
  if (!refusal) return;
  throw new PublicError('provider_error', {
    message: `The SMS provider refuses requests at present: ${refusal.message}`,
    retryAfterSeconds: Math.ceil(refusal.secondsLeft),
  });
}

async function waitForVerdict(ctx: WaitingContext, input: SendMessageInput, id: string) {
  const key = { id, owner: input.partner.owner };
  const row = await waitUntil(ctx, {
    subject: messageSubject(id),
    timeoutMs: input.waitSeconds * 1_000,
    read: () => findMessage(ctx.db, key),
    settled: (message) => message === null || hasVerdict(message),
  });
  if (!row) throw new Error('an accepted message has no row');
  return verdictReply(ctx, row, key);
}

function hasVerdict(row: MessageRow): boolean {
  return row.state === 'ready' ? row.error === 'provider_refused' : row.state !== 'calling';
}

async function verdictReply(ctx: WaitingContext, row: MessageRow, key: { id: string; owner: string }) {
  if (row.state === 'ready' && row.error === 'provider_refused') {
    // The caller is told of the refusal and may send anew, so this one must not go out later.
    const failed = await failRefused(ctx.db, key);
    if (failed) throw refused(row.id, failed.errorMessage);
  }
  if (row.state === 'failed' && row.error !== 'expired' && row.error !== 'unknown_outcome') {
    throw refused(row.id, row.errorMessage ?? '');
  }
  return acceptedReply(row.id, publicMessageStatus(row.state), {
    segments: row.segments,
    encoding: row.encoding === 'gsm7' ? 'gsm7' : 'ucs2',
  });
}

function refused(id: string, words: string): PublicError {
  return new PublicError('provider_error', {
    message: words || 'The provider refused the message.',
    details: { id },
  });
}

async function replay(
  ctx: WaitingContext,
  input: SendMessageInput,
  record: IdempotencyRecord,
): Promise<Reply> {
  const remembered = rememberedReply(record);
  if (remembered) return remembered;
  const key = { id: record.messageId ?? '', owner: input.partner.owner };
  const row = await findMessage(ctx.db, key);
  if (!row || (!hasVerdict(row) && record.ageSeconds < IN_FLIGHT_SECONDS)) {
    throw new PublicError('idempotency_in_flight', { retryAfterSeconds: 1 });
  }
  const claim = idempotencyClaim(input, ROUTE);
  const reply = await settleReply(ctx, claim, input.requestId, () => verdictReply(ctx, row, key));
  return { ...reply, replayed: true };
}
