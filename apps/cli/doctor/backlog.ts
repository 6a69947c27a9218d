import { formatMicros } from '#libs/domain';
import type { Config } from '#libs/platform';
import { type Backlog, measureBacklog, readSuspense } from '#libs/store';
import type { Check, Finding } from './check.ts';

const DUE_SECONDS = 60;
const GRACE_SECONDS = 60;

/** What waits longer than it should, and what may have been paid for nothing. */
export const backlog: Check = {
  name: 'backlog',
  needsDatabase: true,
  async run({ config, db }) {
    const late = (await measureBacklog(db)).waiting.flatMap((line) => judge(config, line));
    const { count, totalMicros } = await readSuspense(db);
    const total = `${formatMicros(totalMicros)} USD over ${count} purchases`;
    return [
      ...(late.length > 0
        ? late
        : [{ check: 'backlog', verdict: 'ok' as const, result: 'nothing waits too long' }]),
      count === 0
        ? { check: 'suspense', verdict: 'ok', result: '0.00 USD' }
        : {
            check: 'suspense',
            verdict: 'warn',
            result: total,
            hint: 'Compare with the provider’s own statement',
          },
    ];
  },
};

function judge(config: Config, { kind, count, oldestSeconds }: Backlog['waiting'][number]): Finding[] {
  const limit = limitOf(config, kind);
  if (limit === null || count === 0 || oldestSeconds <= limit.seconds) return [];
  const result = `${count} ${limit.what}, the oldest for ${Math.round(oldestSeconds)} s`;
  return [{ check: 'backlog', verdict: 'warn', result, hint: limit.hint }];
}

function limitOf(config: Config, kind: string): { seconds: number; what: string; hint: string } | null {
  const due = (what: string) => ({ seconds: DUE_SECONDS, what, hint: 'Are a worker and a poller running?' });
  switch (kind) {
    case 'message_due':
      return due('messages are due');
    case 'purchase_due':
      return due('purchases are due');
    case 'command_due':
      return due('cancels or other commands are due');
    case 'webhook_due':
      return due('webhooks are due');
    case 'message_unknown':
      return {
        seconds: config.unknownSendWindowSeconds + GRACE_SECONDS,
        what: 'messages of unknown outcome',
        hint: 'A poller looks them up; is one running, and does Twilio answer?',
      };
    case 'purchase_unknown':
      return {
        seconds: config.activationLifetimeSeconds + config.unknownGraceSeconds + GRACE_SECONDS,
        what: 'purchases of unknown outcome',
        hint: 'A poller releases them; is one running?',
      };
    default:
      return null;
  }
}
