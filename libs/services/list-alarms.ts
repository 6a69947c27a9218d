import { formatMicros } from '#libs/domain';
import type { Config } from '#libs/platform';
import type { Backlog, InvariantResult, ProviderBooks } from '#libs/store';

/** The closed list: each is a value of the metric `smsx_alarm` and a line of the README's table. */
export const BACKLOG_ALARMS = [
  'outbox_late',
  'message_unknown',
  'purchase_unknown',
  'rental_denied',
  'suspense_open',
] as const;
export const BOOK_ALARMS = ['invariant_broken', 'provider_balance'] as const;

export type AlarmName = (typeof BACKLOG_ALARMS)[number] | (typeof BOOK_ALARMS)[number];

/** Something that should not be. Several may have one name. */
export interface Alarm {
  name: AlarmName;
  /** What was seen, with counts and ids, never a text, code or number. */
  what: string;
  hint: string;
}

type AlarmConfig = Pick<
  Config,
  'unknownSendWindowSeconds' | 'activationLifetimeSeconds' | 'unknownGraceSeconds'
>;

const DUE_SECONDS = 60;
const GRACE_SECONDS = 60;
/** An older balance says nothing of now; that it is old is seen elsewhere. */
const BALANCE_SECONDS = 300;
/** Balances are told with two or three decimals. */
const TOLERANCE_MICROS = 50_000n;

interface Limit {
  name: AlarmName;
  /** Raised when the oldest waits longer. */
  seconds: number;
  one: string;
  many: string;
  hint: string;
}

/** What waits longer than it should. */
export function alarmsOfBacklog(config: AlarmConfig, waiting: Backlog['waiting']): Alarm[] {
  const limits = limitsOf(config);
  return waiting.flatMap(({ kind, count, oldestSeconds }) => {
    const limit = limits[kind];
    if (!limit || count === 0 || oldestSeconds <= limit.seconds) return [];
    const what = `${count} ${count === 1 ? limit.one : limit.many}, the oldest for ${Math.round(oldestSeconds)} s`;
    return [{ name: limit.name, what, hint: limit.hint }];
  });
}

function limitsOf(config: AlarmConfig): Record<string, Limit> {
  const due = (one: string, many: string): Limit => ({
    name: 'outbox_late',
    seconds: DUE_SECONDS,
    one: `${one} is due`,
    many: `${many} are due`,
    hint: 'Are a worker and a poller running?',
  });
  return {
    message_due: due('message', 'messages'),
    purchase_due: due('purchase', 'purchases'),
    command_due: due('cancel or other command', 'cancels or other commands'),
    webhook_due: due('webhook', 'webhooks'),
    message_unknown: {
      name: 'message_unknown',
      seconds: config.unknownSendWindowSeconds + GRACE_SECONDS,
      one: 'message of unknown outcome',
      many: 'messages of unknown outcome',
      hint: 'A poller looks them up; is one running, and does Twilio answer? Or decide: smsx reconcile list',
    },
    purchase_unknown: {
      name: 'purchase_unknown',
      seconds: config.activationLifetimeSeconds + config.unknownGraceSeconds + GRACE_SECONDS,
      one: 'purchase of unknown outcome',
      many: 'purchases of unknown outcome',
      hint: 'A poller releases them; is one running? Or decide: smsx reconcile list',
    },
    rental_denied: {
      name: 'rental_denied',
      seconds: DUE_SECONDS,
      one: 'live rental denied by its provider',
      many: 'live rentals denied by their provider',
      hint: 'Look at the provider’s own list, then decide: smsx reconcile list',
    },
    suspense: {
      name: 'suspense_open',
      seconds: -1,
      one: 'entry open in suspense',
      many: 'entries open in suspense',
      hint: 'Compare with the provider’s own statement, then decide: smsx reconcile list',
    },
  };
}

/** Rules of money and state that do not hold. */
export function alarmsOfInvariants(results: InvariantResult[]): Alarm[] {
  return results
    .filter(({ violations }) => violations > 0)
    .map(({ id, rule, violations, examples }) => ({
      name: 'invariant_broken',
      what: `${id}: ${violations} broken: ${examples.join(', ')}`,
      hint: `Must hold: ${rule}. Stop sales and look at these rows`,
    }));
}

/** Accounts whose balance is not what was booked. Fresh readings only. */
export function alarmsOfBooks(books: ProviderBooks[]): Alarm[] {
  return books.flatMap((account) => {
    const off = gapMicros(account);
    if (off === 0n || account.readSecondsAgo > BALANCE_SECONDS) return [];
    const amount = formatMicros(off < 0n ? -off : off);
    const what = `provider row ${account.providerId}: its balance is ${amount} USD ${off < 0n ? 'below' : 'above'} what is booked`;
    const hint =
      off < 0n
        ? 'Compare with the provider’s statement: it charged something that we do not know of'
        : 'Paid in at the provider? Book it: smsx provider top-up. Else compare with its statement';
    return [{ name: 'provider_balance', what, hint }];
  });
}

/** How far the balance lies outside of what the books allow; zero inside, tolerance included. */
export function gapMicros({ balanceMicros, leastMicros, mostMicros }: ProviderBooks): bigint {
  if (balanceMicros < leastMicros - TOLERANCE_MICROS) return balanceMicros - leastMicros;
  if (balanceMicros > mostMicros + TOLERANCE_MICROS) return balanceMicros - mostMicros;
  return 0n;
}
