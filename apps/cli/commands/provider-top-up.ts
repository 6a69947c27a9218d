import { formatMicros } from '#libs/domain';
import { findProvider, findTopUp, topUpProvider } from '#libs/store';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';

export const providerTopUp: Command = {
  name: 'provider top-up',
  summary: 'Book money that you paid in at a provider',
  details:
    'Moves no money: it tells the books why the provider’s balance rose, so that doctor can compare the two. The same reference is booked once, however often the command is repeated.',
  options: [
    { flags: '--provider <id>', description: 'id of the provider row', required: true },
    { flags: '--amount <dollars>', description: 'for example 100.00', required: true },
    {
      flags: '--reference <text>',
      description: 'unique for the row, for example the invoice',
      required: true,
    },
    { flags: '--reason <text>', description: 'for the books', required: true },
  ],
  examples: ['provider top-up --provider 1 --amount 100.00 --reference INV-77 --reason "card payment"'],
  async run(ctx, input) {
    const providerId = input.id('provider');
    const amountMicros = input.amount('amount');
    const reference = input.text('reference');
    const reason = input.text('reason');
    if (!(await findProvider(ctx.db, providerId)))
      throw new CliError('unknown_provider', `There is no provider row ${providerId}.`, {
        hint: 'List them: smsx provider list',
      });
    const amount = formatMicros(amountMicros);
    const booked = await ctx.db.transaction(async (tx) => {
      const first = await topUpProvider(tx, { providerId, amountMicros, reference, reason });
      if (first) await ctx.audit(tx, 'provider.top_up', providerId, { amount, reference, reason });
      return first;
    });
    const earlier = booked ? null : await findTopUp(ctx.db, { providerId, reference });
    if (earlier && earlier.amountMicros !== amountMicros)
      throw new CliError(
        'reference_conflict',
        `The reference "${reference}" already stands for ${formatMicros(earlier.amountMicros)} USD, booked on ${earlier.createdAt.toISOString()}. Nothing was booked.`,
        { hint: 'Use another reference for another payment.' },
      );
    return {
      json: { ok: true, provider_id: providerId, currency: 'USD', amount, reference, repeated: !booked },
      text: (style) =>
        booked
          ? `${style.good('✓')} Booked ${amount} USD paid in at provider row ${providerId}.`
          : style.warn(`Booked before under the reference "${reference}": nothing was booked now.`),
    };
  },
};
