import { parseMillipercent } from '#libs/domain';
import { findUser, listMarkupRules, setMarkupRule } from '#libs/store';
import { unknownUser, usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { percentOf, ruleJson } from '../markup-view.ts';

export const markupSet: Command = {
  name: 'markup set',
  summary: 'Set the markup for a user, service, country, or any combination',
  details:
    'Replaces the rule for exactly this combination. It applies to the next quote; rentals that are open keep their price.',
  options: [
    { flags: '--percent <number>', description: 'for example 12.5', required: true },
    { flags: '--user <id>', description: 'only for this wallet user' },
    { flags: '--service <code>', description: 'only for this service, for example tg' },
    { flags: '--country <id>', description: 'only for this country, for example 22' },
  ],
  examples: [
    'markup set --service tg --percent 15',
    'markup set --user 3 --service tg --country 22 --percent 7.5',
  ],
  async run(ctx, input) {
    const given = input.optional('percent') ?? '';
    const markupMillipercent = parseMillipercent(given);
    if (markupMillipercent === null)
      throw usageError(
        'invalid_percent',
        `--percent "${given}" is not a percentage such as 12.5, zero or more.`,
      );
    const scope = {
      userId: input.optionalId('user'),
      service: input.optionalText('service'),
      country: input.optionalInteger('country', 0, 1_000_000),
    };
    if (Object.values(scope).every((part) => part === null))
      throw usageError(
        'missing_scope',
        'A rule needs --user, --service or --country.',
        'What applies to everything is DEFAULT_MARKUP_PERCENT in the environment.',
      );
    if (scope.userId !== null && !(await findUser(ctx.db, scope.userId))) throw unknownUser(scope.userId);
    await setMarkupRule(ctx.db, { ...scope, markupMillipercent });
    const rule = (await listMarkupRules(ctx.db)).find(
      ({ userId, service, country }) =>
        userId === scope.userId && service === scope.service && country === scope.country,
    );
    const percent = percentOf(markupMillipercent);
    await ctx.audit(ctx.db, 'markup.set', rule?.id ?? 0, { ...scope, percent });
    return {
      json: { ok: true, ...(rule ? ruleJson(rule) : { percent }) },
      text: (style) => `${style.good('✓')} Rule ${rule?.id ?? ''}: ${percent} % is added.`,
    };
  },
};
