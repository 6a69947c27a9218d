import { disableProvider, findProvider } from '#libs/store';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';

export const providerDisable: Command = {
  name: 'provider disable',
  summary: 'Rent no more numbers through a provider row',
  details: 'Rentals that are open are served to their end; the row and its books stay.',
  argument: { name: '[id]', description: 'id of the row' },
  options: [{ flags: '--id <id>', description: 'the same as the argument' }],
  examples: ['provider disable 2', 'provider disable 2 --json'],
  async run(ctx, input) {
    const id = input.subjectNumber();
    const row = await findProvider(ctx.db, id);
    if (!row)
      throw new CliError('unknown_provider', `There is no provider row ${id}.`, {
        hint: 'List them: smsx provider list',
      });
    const changed = await disableProvider(ctx.db, id);
    if (changed) await ctx.audit(ctx.db, 'provider.disabled', id);
    return {
      json: { ok: true, id, disabled: true, changed },
      text: (style) =>
        changed
          ? `${style.good('✓')} Disabled row ${id}, ${row.name}.`
          : `Row ${id}, ${row.name}, was disabled already.`,
    };
  },
};
