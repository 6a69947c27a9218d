import { type Queryable, sqlState } from '#libs/platform';
import {
  type ActivationRow,
  DECIDED,
  decideBought,
  decideNotBought,
  decideNotSent,
  decideSent,
  endDenied,
  findDecision,
  findSuspense,
  readActivationState,
  readMessageState,
  resolveSuspense,
  writeAudit,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { releaseInDoubt } from './end-rentals.ts';
import { publishActivation } from './publish-activation.ts';
import { publishMessages } from './publish-message.ts';
import type { ItemDecision } from './reconcile-list.ts';
import { releaseHold } from './release-rental.ts';

/** What an operator found out at the provider. */
export interface DecisionInput {
  item: string;
  decision: ItemDecision;
  reason: string;
  actor: string;
  /** With `bought`: the provider's id of the number, and the number when it is known. */
  providerRef: string | null;
  phone: string | null;
  /** With `sent`: the provider's id of the message, when it is known. */
  providerSid: string | null;
}

/**
 * `repeated`: the same was decided before. `moved_on`: it is no longer in doubt, `now` says what it is. `taken`: the
 * given reference belongs to something else. `not_found`: there is no such row.
 */
export type Resolved =
  | { kind: 'done' }
  | { kind: 'repeated'; actor: string; at: Date }
  | { kind: 'moved_on'; now: string }
  | { kind: 'taken' }
  | { kind: 'not_found' };

/**
 * Writes a decision with its money and its audit entry in one transaction. One conditional update is the judge
 * between it and whatever the background finds out at the same moment.
 */
export async function resolveItem({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: DecisionInput;
}): Promise<Resolved> {
  try {
    const decided = await decide(ctx, input);
    return decided ? { kind: 'done' } : await explain(ctx, input);
  } catch (error) {
    if (sqlState(error) === '23505') return { kind: 'taken' };
    throw error;
  }
}

function decide(ctx: ServiceContext, input: DecisionInput): Promise<boolean> {
  switch (input.decision) {
    case 'written-off':
    case 'refunded':
      return decideSuspense(ctx, input, input.decision === 'refunded' ? 'refunded' : 'written_off');
    case 'bought':
    case 'not-bought':
      return decidePurchase(ctx, input);
    case 'cancelled':
      return cancelDenied(ctx, input);
    case 'sent':
    case 'not-sent':
      return decideMessage(ctx, input);
  }
}

function decideSuspense(
  ctx: ServiceContext,
  input: DecisionInput,
  resolution: 'written_off' | 'refunded',
): Promise<boolean> {
  const { actor, reason: note } = input;
  return ctx.db.transaction(async (tx) => {
    const entry = await resolveSuspense(tx, { id: numberOf(input.item), resolution, actor, note });
    if (entry) await audit(tx, input);
    return entry !== null;
  });
}

async function decidePurchase(ctx: ServiceContext, input: DecisionInput): Promise<boolean> {
  const row = await ctx.db.transaction(async (tx) => {
    const decided = input.decision === 'bought' ? await bought(ctx, tx, input) : await notBought(tx, input);
    if (decided) await audit(tx, input);
    return decided;
  });
  if (row) await publishActivation(ctx, row);
  return row !== null;
}

function bought(ctx: ServiceContext, tx: Queryable, input: DecisionInput): Promise<ActivationRow | null> {
  return decideBought(tx, {
    id: numberOf(input.item),
    providerRef: input.providerRef ?? '',
    phone: input.phone,
    lifetimeSeconds: ctx.config.activationLifetimeSeconds,
    earliestCancelSeconds: ctx.config.timings.earliestCancelSeconds,
  });
}

async function notBought(tx: Queryable, input: DecisionInput): Promise<ActivationRow | null> {
  const row = await decideNotBought(tx, numberOf(input.item));
  if (row) await releaseHold(tx, row);
  return row;
}

async function cancelDenied(ctx: ServiceContext, input: DecisionInput): Promise<boolean> {
  const row = await releaseInDoubt(ctx, {
    kind: 'denied_rental',
    end: (tx) => endDenied(tx, numberOf(input.item)),
    also: (tx) => audit(tx, input),
  });
  return row !== null;
}

async function decideMessage(ctx: ServiceContext, input: DecisionInput): Promise<boolean> {
  const id = idOf(input.item);
  const decided = await ctx.db.transaction(async (tx) => {
    const moved =
      input.decision === 'sent'
        ? await decideSent(tx, { id, providerSid: input.providerSid })
        : await decideNotSent(tx, id);
    if (moved) await audit(tx, input);
    return moved;
  });
  if (decided) await publishMessages(ctx, [id]);
  return decided;
}

function audit(tx: Queryable, input: DecisionInput): Promise<void> {
  const { reason, providerRef, providerSid } = input;
  return writeAudit(tx, {
    actor: input.actor,
    action: DECIDED,
    subject: input.item,
    details: { decision: wordsOf(input), reason, provider_ref: providerRef, provider_sid: providerSid },
  });
}

/** The decision with what it named: another number is another decision. */
function wordsOf({ decision, providerRef, providerSid }: DecisionInput): string {
  return [decision, providerRef, providerSid].filter((word) => word !== null).join(' ');
}

async function explain(ctx: ServiceContext, input: DecisionInput): Promise<Resolved> {
  const earlier = await findDecision(ctx.db, input.item);
  if (earlier?.decision === wordsOf(input)) return { kind: 'repeated', ...earlier };
  const now = await stateOf(ctx, input.item);
  if (now === null) return { kind: 'not_found' };
  // Still in doubt, so it is the given reference that stands in the way: it lies in suspense.
  if (input.decision === 'bought' && now === 'purchase_unknown') return { kind: 'taken' };
  const by = earlier ? `; ${earlier.actor} decided "${earlier.decision}" at ${earlier.at.toISOString()}` : '';
  return { kind: 'moved_on', now: `${now}${by}` };
}

async function stateOf({ db }: ServiceContext, item: string): Promise<string | null> {
  if (item.startsWith('message:')) return readMessageState(db, idOf(item));
  if (!item.startsWith('suspense:')) return readActivationState(db, numberOf(item));
  const entry = await findSuspense(db, numberOf(item));
  return entry && (entry.resolution?.replace('_', ' ') ?? 'open');
}

function idOf(item: string): string {
  return item.slice(item.indexOf(':') + 1);
}

function numberOf(item: string): number {
  return Number(idOf(item));
}
