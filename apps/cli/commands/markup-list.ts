import { listMarkupRules } from '#libs/store';
import type { Command } from '../command.ts';
import { percentOf, ruleJson } from '../markup-view.ts';
import { table } from '../style.ts';

export const markupList: Command = {
  name: 'markup list',
  summary: 'List what is added to the upstream price',
  details:
    'The most specific rule wins: one for a user before one for a service before one for a country. Without a rule it is DEFAULT_MARKUP_PERCENT.',
  examples: ['markup list', 'markup list --json'],
  async run(ctx) {
    const rules = await listMarkupRules(ctx.db);
    const fallback = percentOf(ctx.config.defaultMarkupMillipercent);
    return {
      json: { ok: true, default_percent: fallback, rules: rules.map(ruleJson) },
      text: (style) =>
        table(
          style,
          [
            { title: 'ID', align: 'right' },
            { title: 'USER', align: 'right' },
            { title: 'SERVICE' },
            { title: 'COUNTRY', align: 'right' },
            { title: 'MARKUP %', align: 'right' },
          ],
          [
            ...rules.map((rule) => [
              String(rule.id),
              String(rule.userId ?? 'any'),
              rule.service ?? 'any',
              String(rule.country ?? 'any'),
              percentOf(rule.markupMillipercent),
            ]),
            ['–', 'any', 'any', 'any', fallback],
          ],
        ),
    };
  },
};
