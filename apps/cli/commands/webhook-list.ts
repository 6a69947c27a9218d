import { findUser, listAllEndpoints } from '#libs/store';
import { unknownUser } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { table } from '../style.ts';

export const webhookList: Command = {
  name: 'webhook list',
  summary: 'List the webhook endpoints of partners',
  details:
    'An endpoint is disabled when it answered 410 (gone), or with nothing but failures for 24 hours (failing). Its partner enables it again; what was given up is sent again by smsx webhook replay. Only hosts are shown, since paths may hold secrets. At most 1000.',
  options: [
    { flags: '--user <id>', description: 'of this wallet user' },
    { flags: '--disabled', description: 'only those that are disabled' },
  ],
  examples: ['webhook list --disabled', 'webhook list --user 1 --json'],
  async run(ctx, input) {
    const userId = input.optionalId('user');
    if (userId !== null && !(await findUser(ctx.db, userId))) throw unknownUser(userId);
    const owner = userId === null ? null : `u:${userId}`;
    const found = await listAllEndpoints(ctx.db, { owner, disabled: input.flag('disabled') });
    const endpoints = found.map((endpoint) => ({
      id: endpoint.id,
      owner: endpoint.owner,
      host: new URL(endpoint.url).host,
      status: endpoint.disabledAt ? 'disabled' : 'enabled',
      disabled_reason: endpoint.disabledReason,
      failing_since: endpoint.failingSince?.toISOString() ?? null,
    }));
    return {
      json: { ok: true, webhooks: endpoints },
      text: (style) =>
        endpoints.length === 0
          ? style.dim('None.')
          : table(
              style,
              [
                { title: 'ID' },
                { title: 'OWNER' },
                { title: 'HOST' },
                { title: 'STATE' },
                { title: 'FAILING SINCE' },
              ],
              endpoints.map(({ id, owner: whose, host, status, disabled_reason, failing_since }) => [
                id,
                whose,
                host,
                disabled_reason === null ? status : `${status}: ${disabled_reason}`,
                failing_since ?? '',
              ]),
            ),
    };
  },
};
