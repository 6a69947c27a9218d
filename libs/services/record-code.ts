import type { Queryable } from '#libs/platform';
import {
  type ActivationRow,
  bookProviderCost,
  insertCode,
  listPushes,
  lockActivation,
  markFurtherCode,
  markLateCode,
  markReceived,
  moveMoney,
  openRentalSuspense,
  setCodeText,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { codeContext, textContext } from './present-activation.ts';
import { publishActivation } from './publish-activation.ts';
import { costInDoubt } from './release-rental.ts';

/** What tells a rental and its pushes; all else is read under its lock. */
type KnownActivation = Pick<ActivationRow, 'id' | 'providerId' | 'providerRef'>;

export type CodeRecorded = 'first' | 'further' | 'late' | 'known';

/**
 * Records a code that upstream itself confirmed. In one transaction: the code, the state and the money. A code
 * recorded before a cancel or an expiry wins; after them it is delivered as late and never charged.
 */
export async function recordCode({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { activation: KnownActivation; code: string };
}): Promise<CodeRecorded> {
  const { activation, code } = input;
  const text = await findPushedText(ctx, activation, code);
  const { recorded, row } = await ctx.db.transaction((tx) => record(ctx, tx, activation.id, { code, text }));
  if (recorded !== 'known') {
    ctx.log.info({
      event: 'activation.code',
      activation_id: activation.id,
      provider_id: activation.providerId,
      recorded,
    });
  }
  if (row) await publishActivation(ctx, row);
  return recorded;
}

async function record(
  ctx: ServiceContext,
  tx: Queryable,
  id: number,
  message: { code: string; text: string | null },
): Promise<{ recorded: CodeRecorded; row: ActivationRow | null }> {
  const current = await lockActivation(tx, id);
  if (!current) return { recorded: 'known', row: null };
  const late = !['active', 'received', 'finished'].includes(current.state);
  const codeHash = hashCode(ctx, id, message.code);
  const text = message.text === null ? null : ctx.vault.encrypt(message.text, textContext(id));
  const code = ctx.vault.encrypt(message.code, codeContext(id));
  if (!(await insertCode(tx, { activationId: id, code, codeHash, text, late }))) {
    const completed = text !== null && (await setCodeText(tx, { activationId: id, codeHash, text }));
    return { recorded: 'known', row: completed ? current : null };
  }
  if (late) return { recorded: 'late', row: await bookLateCode(tx, current) };
  if (current.state !== 'active') return { recorded: 'further', row: await markFurtherCode(tx, id) };
  const row = await markReceived(tx, id);
  await bookProviderCost(tx, { ...costInDoubt(current), kind: 'cost', reason: 'first code arrived' });
  await moveMoney(tx, {
    userId: current.userId,
    kind: 'capture',
    amountMicros: current.priceMicros,
    activationId: id,
    reason: 'first code arrived',
  });
  return { recorded: 'first', row };
}

/** Upstream keeps our money for it, the partner does not pay: the operator sees it in suspense. */
async function bookLateCode(tx: Queryable, current: ActivationRow): Promise<ActivationRow | null> {
  await openRentalSuspense(tx, { ...costInDoubt(current), kind: 'late_code', reason: 'late_code' });
  return markLateCode(tx, current.id);
}

export function hashCode(ctx: Pick<ServiceContext, 'vault'>, activationId: number, code: string): Buffer {
  return ctx.vault.sign('activation code', `${activationId}:${code}`);
}

/**
 * The provider calls a rental over and tells its code no more, yet has pushed one: its owner reads it as a late one.
 * For the case that nobody asked in time, or that the rental was found only then.
 */
export async function recordPushedCodes({
  ctx,
  input: { activation },
}: {
  ctx: ServiceContext;
  input: { activation: KnownActivation };
}): Promise<void> {
  const pushed = await readPushes(ctx, activation);
  for (const { code } of pushed.reverse()) if (code) await recordCode({ ctx, input: { activation, code } });
}

/** Polling tells the code only; a push that told the same code brings the whole text. */
async function findPushedText(
  ctx: ServiceContext,
  activation: KnownActivation,
  code: string,
): Promise<string | null> {
  const pushed = await readPushes(ctx, activation);
  return pushed.find((push) => push.code === code)?.text ?? null;
}

export interface PushContent {
  code: string | null;
  text: string | null;
}

export const pushContext = (key: { providerId: number; providerRef: string }): string =>
  `provider_pushes.content:${key.providerId}:${key.providerRef}`;

/** Latest first. */
async function readPushes(ctx: ServiceContext, activation: KnownActivation): Promise<PushContent[]> {
  if (!activation.providerRef) return [];
  const key = { providerId: activation.providerId, providerRef: activation.providerRef };
  return (await listPushes(ctx.db, key)).map(
    ({ content }) => JSON.parse(ctx.vault.decrypt(content, pushContext(key))) as PushContent,
  );
}
