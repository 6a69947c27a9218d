import { E164, maskPhone } from '#libs/domain';
import {
  DECISIONS,
  type DecisionInput,
  type ItemDecision,
  type ItemKind,
  type Resolved,
  resolveItem,
} from '#libs/services';
import { CliError, usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { Input } from '../input.ts';
import { moment } from '../style.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REFERENCE = /^[0-9A-Za-z_-]{1,64}$/;
const SID = /^[SM]M[0-9a-f]{32}$/;

export const reconcileResolve: Command = {
  name: 'reconcile resolve',
  summary: 'Decide what was found out at the provider',
  details: [
    'suspense:<id>   written-off: it was paid, and stays our cost · refunded: it was not paid, or given back',
    'purchase:<id>   not-bought: the partner gets the hold back now · bought: it becomes the rental with --provider-ref',
    'message:<uuid>  sent, with --sid when known · not-sent: failed, and never sent again',
    'rental:<id>     cancelled: the partner gets the hold back now, the cost goes to suspense',
    '',
    'Written with its money and an audit entry in one commit. If the item is no longer in doubt, nothing changes and the command says what it is now. The same decision again is no error.',
  ].join('\n'),
  argument: { name: '[item]', description: 'as reconcile list names it' },
  options: [
    { flags: '--as <decision>', description: 'see above', required: true },
    { flags: '--reason <text>', description: 'how you know; for the audit log', required: true },
    { flags: '--provider-ref <id>', description: 'with bought: the provider’s id of the number' },
    { flags: '--phone <number>', description: 'with bought: the number, for example +15551234567' },
    { flags: '--sid <sid>', description: 'with sent: Twilio’s id of the message' },
    { flags: '--by <name>', description: 'who decides', fallback: 'your user name on this host' },
  ],
  examples: [
    'reconcile resolve suspense:12 --as written-off --reason "charged, says the statement of May"',
    'reconcile resolve purchase:34 --as not-bought --reason "not in the provider’s list"',
    'reconcile resolve purchase:34 --as bought --provider-ref 123456 --phone +15551234567 --reason "in the provider’s list"',
    'reconcile resolve rental:34 --as cancelled --reason "support confirms, ticket 77" --by alice',
  ],
  async run(ctx, input) {
    const decision = readDecision(ctx, input);
    const outcome = await resolveItem({ ctx: await ctx.waiting(), input: decision });
    if (outcome.kind !== 'done' && outcome.kind !== 'repeated') throw refusalOf(outcome, decision);
    const { item } = decision;
    const repeated = outcome.kind === 'repeated';
    return {
      json: {
        ok: true,
        item,
        decision: decision.decision,
        repeated,
        by: repeated ? outcome.actor : decision.actor,
      },
      text: (style) =>
        repeated
          ? style.warn(
              `Decided before, by ${outcome.actor} at ${moment(outcome.at)}: nothing was changed now.`,
            )
          : `${style.good('✓')} ${item}: ${decision.decision}.`,
    };
  },
};

function readDecision(ctx: CliContext, input: Input): DecisionInput {
  const item = input.subject();
  const kind = kindOf(item);
  const decision = decisionOf(kind, input.optional('as') ?? '');
  const providerRef = matching(input, 'providerRef', '--provider-ref', REFERENCE);
  const phone = matching(input, 'phone', '--phone', E164);
  const providerSid = matching(input, 'sid', '--sid', SID);
  if ((decision === 'bought') !== (providerRef !== null))
    throw usageError('invalid_provider_ref', '--provider-ref goes with --as bought, which needs it.');
  if (phone !== null && decision !== 'bought')
    throw usageError('invalid_phone', '--phone goes with --as bought only.');
  if (providerSid !== null && decision !== 'sent')
    throw usageError('invalid_sid', '--sid goes with --as sent only.');
  const actor = input.optionalText('by') ?? ctx.actor;
  return { item, decision, reason: input.text('reason'), actor, providerRef, phone, providerSid };
}

function kindOf(item: string): ItemKind {
  const [kind = '', id = ''] = item.split(':');
  const known = (Object.keys(DECISIONS) as ItemKind[]).find((name) => name === kind);
  if (known && (known === 'message' ? UUID.test(id) : /^[1-9]\d{0,8}$/.test(id))) return known;
  throw usageError('invalid_item', `"${item}" names no item.`, 'Copy it from: smsx reconcile list');
}

/** Underscores are taken as well: the books write `written_off`. */
function decisionOf(kind: ItemKind, given: string): ItemDecision {
  const allowed: readonly ItemDecision[] = DECISIONS[kind];
  const decision = allowed.find((name) => name === given.replaceAll('_', '-'));
  if (decision) return decision;
  throw usageError(
    'invalid_decision',
    `--as "${given}" is not a decision about this item.`,
    `One of: ${allowed.join(', ')}`,
  );
}

function matching(input: Input, name: string, flag: string, pattern: RegExp): string | null {
  const value = input.optional(name);
  if (value === null || pattern.test(value)) return value;
  const shown = name === 'phone' ? maskPhone(value) : value;
  throw usageError(
    `invalid_${flag.slice(2).replace('-', '_')}`,
    `${flag} "${shown}" is not what the provider shows.`,
  );
}

function refusalOf(
  outcome: Exclude<Resolved, { kind: 'done' | 'repeated' }>,
  { item, providerRef, providerSid }: DecisionInput,
): CliError {
  switch (outcome.kind) {
    case 'not_found':
      return new CliError('unknown_item', `There is no ${item}.`, { hint: 'List them: smsx reconcile list' });
    case 'taken':
      return new CliError(
        'reference_taken',
        `${providerRef ?? providerSid} belongs to another row. Nothing was changed.`,
        {
          hint: 'Compare the ids once more with the provider’s list.',
        },
      );
    case 'moved_on':
      return new CliError(
        'moved_on',
        `${item} does not wait for this decision: it is ${outcome.now}. Nothing was changed.`,
        {
          hint: 'See what waits now: smsx reconcile list',
          details: { now: outcome.now },
        },
      );
  }
}
