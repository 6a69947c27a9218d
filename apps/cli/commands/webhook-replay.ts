import { eventNumber } from '#libs/domain';
import { webhookIdOf } from '#libs/services';
import { findUser, replayDeliveries } from '#libs/store';
import { unknownUser, usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { Input } from '../input.ts';
import { table } from '../style.ts';

const MOST = 10_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const webhookReplay: Command = {
  name: 'webhook replay',
  summary: 'Send webhooks again that were given up',
  details:
    'A webhook is given up 24 hours after its event, or when its endpoint answers 410. Replayed ones go out at once under the same webhook-id, with a whole new schedule of retries. Those that are still on their way are left alone.',
  options: [
    { flags: '--user <id>', description: 'of this wallet user' },
    { flags: '--id <id>', description: 'of this event; the webhook-id' },
    { flags: '--webhook <id>', description: 'of this endpoint' },
    { flags: '--since <duration>', description: 'of events that young, such as 12h', fallback: '30d' },
  ],
  examples: ['webhook replay --user 1 --since 12h', 'webhook replay --user 1 --json'],
  async run(ctx, input) {
    const filter = await filterOf(ctx, input);
    const deliveries = await ctx.db.transaction(async (tx) => {
      const found = await replayDeliveries(tx, filter, MOST);
      const details = { owner: filter.owner, count: found.length };
      await ctx.audit(
        tx,
        'webhook.replayed',
        input.optional('id') ?? filter.endpointId ?? filter.owner ?? 'all',
        details,
      );
      return found;
    });
    return {
      json: {
        ok: true,
        count: deliveries.length,
        webhooks: deliveries.map((delivery) => ({ id: webhookIdOf(delivery), type: delivery.eventType })),
      },
      text: (style) =>
        deliveries.length === 0
          ? style.dim('None of these was given up; nothing to do.')
          : [
              table(
                style,
                [{ title: 'WEBHOOK ID' }, { title: 'TYPE' }],
                deliveries.map((delivery) => [webhookIdOf(delivery), delivery.eventType]),
              ),
              '',
              style.good(`${deliveries.length} on their way again.`),
            ].join('\n'),
    };
  },
};

async function filterOf(ctx: CliContext, input: Input) {
  const userId = input.optionalId('user');
  const endpointId = input.optional('webhook');
  const id = input.optional('id');
  if (id === null && endpointId === null && userId === null) {
    throw usageError('missing_selection', 'Which webhooks? Give --user, --webhook, or --id.');
  }
  if (endpointId !== null && !UUID.test(endpointId)) {
    throw usageError('invalid_webhook', `--webhook "${endpointId}" is not the id of an endpoint.`);
  }
  if (userId !== null && !(await findUser(ctx.db, userId))) throw unknownUser(userId);
  const since = new Date(Date.now() - input.duration('since', '30d') * 1_000);
  return { ...eventOf(id), endpointId, owner: userId === null ? null : `u:${userId}`, since };
}

/** A webhook-id is that of its event; those from before there was a feed have a UUID of their own. */
function eventOf(id: string | null) {
  if (id === null) return { id: null, eventId: null };
  const eventId = eventNumber(id);
  if (eventId !== null) return { id: null, eventId };
  if (!UUID.test(id)) throw usageError('invalid_id', `--id "${id}" is not a webhook-id.`);
  return { id, eventId: null };
}
