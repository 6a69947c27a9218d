import { closeProviderBooks, findProvider } from '#libs/store';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';

export const providerRebase: Command = {
  name: 'provider rebase',
  summary: 'Compare a provider’s balance from now on, not from before',
  details:
    'When a difference has been explained and cannot be booked, for example a fee: the next balance that is read opens the books of this account anew. Wallets and rentals are not touched.',
  options: [
    { flags: '--provider <id>', description: 'id of the provider row', required: true },
    { flags: '--reason <text>', description: 'what the difference was; for the audit log', required: true },
  ],
  examples: ['provider rebase --provider 1 --reason "monthly fee of 5 USD"'],
  async run(ctx, input) {
    const providerId = input.id('provider');
    const reason = input.text('reason');
    if (!(await findProvider(ctx.db, providerId)))
      throw new CliError('unknown_provider', `There is no provider row ${providerId}.`, {
        hint: 'List them: smsx provider list',
      });
    const changed = await ctx.db.transaction(async (tx) => {
      const closed = await closeProviderBooks(tx, providerId);
      if (closed) await ctx.audit(tx, 'provider.rebased', providerId, { reason });
      return closed;
    });
    return {
      json: { ok: true, provider_id: providerId, changed },
      text: (style) =>
        changed
          ? `${style.good('✓')} The next balance of row ${providerId} opens its books anew.`
          : `The books of row ${providerId} are not open yet; its next balance opens them.`,
    };
  },
};
