import { formatMicros } from '#libs/domain';
import { findMovement, findWallet, type MovementRecord, type MovementResult, moveMoney } from '#libs/store';
import { CliError, unknownUser } from './cli-error.ts';
import type { Option, Result } from './command.ts';
import type { CliContext } from './context.ts';
import type { Input } from './input.ts';
import { facts } from './style.ts';

export const MOVEMENT_OPTIONS: Option[] = [
  { flags: '--user <id>', description: 'whose wallet', required: true },
  { flags: '--amount <dollars>', description: 'for example 12.50', required: true },
  {
    flags: '--reason <text>',
    description: 'for the books; the partner’s statement shows it',
    required: true,
  },
  { flags: '--reference <text>', description: 'unique for the wallet: moves money once' },
];

/** One booked movement by an operator, written to the audit log in the same commit. */
export async function moveWallet(ctx: CliContext, input: Input, kind: 'credit' | 'debit'): Promise<Result> {
  const userId = input.id('user');
  const amountMicros = input.amount('amount');
  const reason = input.text('reason');
  const reference = input.optionalText('reference');
  if (!(await findWallet(ctx.db, userId))) throw unknownUser(userId);
  const movement = { userId, kind, amountMicros, reason, ...(reference === null ? {} : { reference }) };
  const moved = await ctx.db.transaction(async (tx) => {
    const result = await moveMoney(tx, movement);
    if (!result.repeated) {
      const amount = formatMicros(amountMicros);
      await ctx.audit(tx, `wallet.${kind}`, userId, { amount, reason, reference });
    }
    return result;
  });
  if (moved.repeated && reference !== null) await refuseOtherMovement(ctx, movement, reference);
  return resultOf(moved, movement, reference);
}

/** A reference that stands for something else was not meant to be repeated. */
async function refuseOtherMovement(
  ctx: CliContext,
  wanted: Pick<MovementRecord, 'kind' | 'amountMicros'> & { userId: number },
  reference: string,
): Promise<void> {
  const earlier = await findMovement(ctx.db, { userId: wanted.userId, reference });
  if (!earlier || (earlier.kind === wanted.kind && earlier.amountMicros === wanted.amountMicros)) return;
  const booked = `${earlier.kind} of ${formatMicros(earlier.amountMicros)} USD on ${earlier.createdAt.toISOString()}`;
  throw new CliError(
    'reference_conflict',
    `The reference "${reference}" already stands for another movement: a ${booked}. Nothing was moved.`,
    { hint: 'Use another reference for another movement.' },
  );
}

function resultOf(
  moved: MovementResult,
  movement: { userId: number; kind: string; amountMicros: bigint },
  reference: string | null,
): Result {
  const money = {
    balance: formatMicros(moved.balanceMicros),
    held: formatMicros(moved.heldMicros),
    available: formatMicros(moved.balanceMicros - moved.heldMicros),
  };
  const amount = formatMicros(movement.amountMicros);
  const { userId, kind } = movement;
  return {
    json: {
      ok: true,
      user_id: userId,
      kind,
      currency: 'USD',
      amount,
      reference,
      repeated: moved.repeated,
      ...money,
    },
    text: (style) =>
      [
        moved.repeated
          ? style.warn(`Booked before under the reference "${reference}": nothing was moved now.`)
          : `${style.good('✓')} ${kind === 'credit' ? 'Credited' : 'Debited'} ${amount} USD.`,
        facts(style, moneyFacts(money)),
      ].join('\n'),
  };
}

/** The three amounts of a wallet, right-aligned with their currency. */
export function moneyFacts(money: { balance: string; held: string; available: string }): [string, string][] {
  const entries = Object.entries({ balance: money.balance, held: money.held, available: money.available });
  const whole = (amount: string) => amount.indexOf('.');
  const before = Math.max(...entries.map(([, amount]) => whole(amount)));
  return entries.map(([name, amount]) => [name, `${' '.repeat(before - whole(amount))}${amount} USD`]);
}
