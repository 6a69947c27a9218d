import {
  type ListedMessage,
  type Listing,
  type MessageState,
  messageStateOfProviderStatus,
  providerStatusRank,
} from '#libs/domain';
import { smsSendJob } from '#libs/jobs';
import { sqlState } from '#libs/platform';
import {
  adoptSid,
  countLookup,
  failUnknown,
  type MessageRow,
  ownedSids,
  postponeLookup,
  resendProvenAbsent,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { messageFailure } from './message-failure.ts';
import { publishMessages } from './publish-message.ts';

/** What it needs of an SMS provider. */
export interface MessageLister {
  list(request: { to: string; createdAfter: Date; createdBefore: Date }): Promise<Listing>;
}

export type Finding = 'found' | 'absent_so_far' | 'resent' | 'failed' | 'no_information' | 'moved_on';

/** Twilio's creation time has whole seconds and its own clock. */
const BEFORE_CALL_MS = 5_000;
const AFTER_CALL_MS = 30_000;
/** A call ends after this at the latest, when nobody was left to note its end. */
const LONGEST_CALL_MS = 45_000;
const POSTPONE_SECONDS = 3;

/**
 * Finds out what became of a send of unknown outcome, by the provider's list: found ⇒ sent; absent in two complete
 * lists, the later one at the window's end ⇒ sent again while still valid; not provable ⇒ failed.
 */
export async function reconcileMessage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { row: MessageRow; provider: MessageLister };
}): Promise<Finding> {
  const { row, provider } = input;
  const span = callSpan(row);
  const listing = await provider.list({ to: row.to, createdAfter: span.from, createdBefore: span.until });
  const finding =
    listing.kind === 'complete' ? await judge(ctx, row, listing.messages, span) : await postpone(ctx, row);
  if (finding === 'found' || finding === 'resent' || finding === 'failed')
    await publishMessages(ctx, [row.id]);
  return finding;
}

interface Span {
  from: Date;
  until: Date;
}

function callSpan(row: MessageRow): Span {
  const start = (row.callStartedAt ?? row.createdAt).getTime();
  const end = row.callFinishedAt?.getTime() ?? start + LONGEST_CALL_MS;
  return { from: new Date(start - BEFORE_CALL_MS), until: new Date(end + AFTER_CALL_MS) };
}

async function judge(
  ctx: ServiceContext,
  row: MessageRow,
  listed: ListedMessage[],
  span: Span,
): Promise<Finding> {
  const body = row.body && ctx.vault.decrypt(row.body, `messages.body:${row.id}`);
  // Twins with one text are told apart by order alone: the oldest free one is as good as any.
  const candidates = listed
    .filter(
      (message) => message.body === body && message.createdAt >= span.from && message.createdAt <= span.until,
    )
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const owned = await ownedSids(
    ctx.db,
    candidates.map((message) => message.providerSid),
  );
  for (const candidate of candidates.filter((message) => !owned.has(message.providerSid))) {
    if (await adopt(ctx, row, candidate)) return 'found';
  }
  if (!row.lookOver || row.lookups === 0) {
    await countLookup(ctx.db, row);
    return 'absent_so_far';
  }
  return absent(ctx, row);
}

async function adopt(ctx: ServiceContext, row: MessageRow, found: ListedMessage): Promise<boolean> {
  const heard: MessageState = messageStateOfProviderStatus(found.providerStatus) ?? 'sent';
  const state = heard === 'canceled' ? 'failed' : heard;
  try {
    return await adoptSid(ctx.db, {
      id: row.id,
      epoch: row.epoch,
      providerSid: found.providerSid,
      providerStatus: found.providerStatus,
      rank: providerStatusRank(found.providerStatus),
      state,
      ...messageFailure(state, found.errorCode),
    });
  } catch (error) {
    if (sqlState(error) === '23505') return false;
    throw error;
  }
}

async function absent(ctx: ServiceContext, row: MessageRow): Promise<Finding> {
  if (await resendProvenAbsent(ctx.db, row)) {
    void ctx.jobs.enqueue(smsSendJob({ id: row.id, epoch: row.epoch + 1 }));
    return 'resent';
  }
  const failed = await failUnknown(ctx.db, {
    ...row,
    error: 'expired',
    errorMessage: 'The provider never received it, and its validity has ended.',
  });
  return failed ? 'failed' : 'moved_on';
}

/** An incomplete list proves nothing. Past twice the window the message is given up, never sent again. */
async function postpone(ctx: ServiceContext, row: MessageRow): Promise<Finding> {
  const window = ctx.config.unknownSendWindowSeconds;
  const started = (row.callFinishedAt ?? row.callStartedAt ?? row.createdAt).getTime();
  const givenUp =
    row.lookOver && row.readAt.getTime() - started > (2 * window + LONGEST_CALL_MS / 1000) * 1_000;
  if (!givenUp) {
    await postponeLookup(ctx.db, { ...row, seconds: POSTPONE_SECONDS });
    return 'no_information';
  }
  const failed = await failUnknown(ctx.db, {
    ...row,
    error: 'unknown_outcome',
    errorMessage: 'The provider did not say whether it was sent. It may have arrived; it was not sent again.',
  });
  return failed ? 'failed' : 'moved_on';
}
