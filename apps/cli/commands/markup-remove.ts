import { removeMarkupRule } from '#libs/store';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';

export const markupRemove: Command = {
  name: 'markup remove',
  summary: 'Remove one markup rule',
  argument: { name: '[id]', description: 'id of the rule' },
  options: [{ flags: '--id <id>', description: 'the same as the argument' }],
  examples: ['markup remove 4'],
  async run(ctx, input) {
    const id = input.subjectNumber();
    if (!(await removeMarkupRule(ctx.db, id)))
      throw new CliError('unknown_rule', `There is no markup rule ${id}.`, {
        hint: 'List them: smsx markup list',
      });
    await ctx.audit(ctx.db, 'markup.removed', id);
    return {
      json: { ok: true, id, removed: true },
      text: (style) => `${style.good('✓')} Removed rule ${id}.`,
    };
  },
};
