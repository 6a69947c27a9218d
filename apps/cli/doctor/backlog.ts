import { formatMicros } from '#libs/domain';
import { alarmsOfBacklog } from '#libs/services';
import { type Backlog, measureBacklog, readSuspense } from '#libs/store';
import type { Check, Finding } from './check.ts';

/** What waits longer than it should, and what may have been paid for nothing. */
export const backlog: Check = {
  name: 'backlog',
  needsDatabase: true,
  async run({ config, db }) {
    const { waiting } = await measureBacklog(db);
    const alarms = alarmsOfBacklog(config, waiting);
    const late = alarms.filter(({ name }) => name !== 'suspense_open');
    const suspense = alarms.find(({ name }) => name === 'suspense_open');
    const { count, totalMicros } = await readSuspense(db);
    const total = `${formatMicros(totalMicros)} USD in ${count} open ${count === 1 ? 'entry' : 'entries'}`;
    return [
      ...(late.length === 0
        ? [{ check: 'backlog', verdict: 'ok' as const, result: 'nothing waits too long' }]
        : late.map(({ what, hint }): Finding => ({ check: 'backlog', verdict: 'warn', result: what, hint }))),
      suspense
        ? { check: 'suspense', verdict: 'warn', result: total, hint: suspense.hint }
        : { check: 'suspense', verdict: 'ok', result: '0.00 USD' },
      ...disabledWebhooks(waiting),
    ];
  },
};

/** Not ours to repair, and yet to be known: their partners may not have noticed. */
function disabledWebhooks(waiting: Backlog['waiting']): Finding[] {
  const count = waiting.find(({ kind }) => kind === 'webhook_disabled')?.count ?? 0;
  if (count === 0) return [];
  return [
    {
      check: 'webhooks',
      verdict: 'warn',
      result: `${count} ${count === 1 ? 'endpoint is' : 'endpoints are'} disabled: dead for a day, or gone`,
      hint: 'Tell the partners; each enables its own. Which: smsx webhook list --disabled',
    },
  ];
}
