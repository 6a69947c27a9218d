import type { ReplySender } from '#libs/cache';
import { type AcceptedMessage, providerStatusRank } from '#libs/domain';
import { createBatcher, type Database, type Logger } from '#libs/platform';
import {
  type ClaimedMessage,
  claimMessages,
  freeAdoptedSid,
  type MessageClaim,
  type SentMessage,
  settleSent,
} from '#libs/store';
import { publishMessages } from './publish-message.ts';
import { doTogether } from './together.ts';

/** The way out for messages: claims that one process makes at the same time share one statement, and so do settles. */
export interface Dispatch {
  /** The row, now committed as `calling` with this claim; null when there is nothing to call. */
  claim(wanted: MessageClaim): Promise<ClaimedMessage | null>;
  /** The provider took it. False when the claim was no longer held, so nothing was written. */
  settleSent(held: SentClaim, accepted: AcceptedMessage): Promise<boolean>;
}

/** `test`: of a test key, so it says nothing of the real provider. */
export type SentClaim = MessageClaim & { test?: boolean };

export interface DispatchParts {
  db: Database;
  log: Pick<Logger, 'warn'>;
  replies: ReplySender;
}

/**
 * Two batches of a kind at the same time: PostgreSQL flushes commits that wait for each other in one go. With one, jobs
 * waited for flushes two thirds of their time (2 200 messages per second instead of 2 900).
 */
const LIMITS = { maxBatch: 200, maxRunning: 2 };

export function createDispatch(parts: DispatchParts): Dispatch {
  const claims = createBatcher<MessageClaim, ClaimedMessage | null>({
    run: (batch) => claimTogether(parts, batch),
    ...LIMITS,
  });
  const settles = createBatcher<SentMessage, boolean>({
    run: (batch) => settleSentTogether(parts, batch),
    ...LIMITS,
  });
  return {
    claim: (wanted) => claims.add(wanted),
    settleSent: (held, accepted) => settles.add(sentMessage(held, accepted)),
  };
}

export function sentMessage(
  { id, epoch, claim, test = false }: SentClaim,
  { providerSid, providerStatus }: AcceptedMessage,
): SentMessage {
  return { id, epoch, claim, test, providerSid, providerStatus, rank: providerStatusRank(providerStatus) };
}

/** An id or epoch that PostgreSQL does not take, which only an edited job has, fails by itself. */
export function claimTogether(
  { db }: Pick<DispatchParts, 'db'>,
  batch: MessageClaim[],
): Promise<(ClaimedMessage | null | Error)[]> {
  const together = async (wanted: MessageClaim[]) => {
    const rows = new Map((await claimMessages(db, wanted)).map((row) => [row.claim, row]));
    return wanted.map(({ claim }) => rows.get(claim) ?? null);
  };
  return doTogether(batch, { together, alone: async (one) => (await together([one]))[0] ?? null });
}

/** A sid that a listing has credited to a twin is rare, so it is only looked for when a batch is refused. */
export async function settleSentTogether(
  { db, log, replies }: DispatchParts,
  batch: SentMessage[],
): Promise<(boolean | Error)[]> {
  const results = await doTogether(batch, {
    async together(sent) {
      const settled = await settleSent(db, sent);
      return sent.map(({ claim }) => settled.has(claim));
    },
    alone: (one) =>
      db.transaction(async (tx) => {
        const twin = await freeAdoptedSid(tx, one);
        const settled = await settleSent(tx, [one]);
        if (twin) log.warn({ event: 'message.adoption_undone', message_id: twin });
        return settled.has(one.claim);
      }),
  });
  void publishMessages(
    { replies },
    batch.map(({ id }) => id),
  );
  return results;
}
