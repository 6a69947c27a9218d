import { formatMicros } from '#libs/domain';
import { DECISIONS, listReconcileItems, type ReconcileItem } from '#libs/services';
import type { Command } from '../command.ts';
import { moment, table } from '../style.ts';

export const reconcileList: Command = {
  name: 'reconcile list',
  summary: 'List what only a person can decide',
  details:
    'Money in suspense, purchases and messages of unknown outcome, and live rentals that their provider denies. The background goes on looking at all but suspense by itself; UNTIL is when it ends an item without you. Look each one up in the provider’s own records before you decide.',
  examples: ['reconcile list', 'reconcile list --json'],
  async run(ctx) {
    const items = await listReconcileItems({ ctx });
    return {
      json: { ok: true, items: items.map(itemJson) },
      text: (style) => {
        if (items.length === 0) return `${style.good('✓')} Nothing waits for a decision.`;
        const columns = ['ITEM', 'SINCE', 'UNTIL', 'USD', 'PROVIDER’S ID', 'WHAT', 'DECIDE'];
        const rows = items.map((item) => [
          item.item,
          moment(item.since),
          moment(item.until),
          item.amountMicros === null ? '–' : formatMicros(item.amountMicros),
          item.providerRef ?? '–',
          item.what,
          DECISIONS[item.kind].join(' | '),
        ]);
        const heads = columns.map((title) =>
          title === 'USD' ? { title, align: 'right' as const } : { title },
        );
        const next = style.dim('Decide: smsx reconcile resolve <item> --as <decision> --reason "…"');
        return [table(style, heads, rows), '', next].join('\n');
      },
    };
  },
};

function itemJson(item: ReconcileItem): Record<string, unknown> {
  return {
    item: item.item,
    kind: item.kind,
    what: item.what,
    since: item.since,
    until: item.until,
    amount: item.amountMicros === null ? null : formatMicros(item.amountMicros),
    provider_id: item.providerId,
    provider_ref: item.providerRef,
    decisions: DECISIONS[item.kind],
  };
}
