import { formatMicros } from '#libs/domain';
import { listUsers } from '#libs/store';
import type { Command } from '../command.ts';
import { moment, table } from '../style.ts';

export const userList: Command = {
  name: 'user list',
  summary: 'List the wallet users with their money',
  details: 'A test twin belongs to the test keys of a live user; its wallet holds play money.',
  examples: ['user list', 'user list --json'],
  async run(ctx) {
    const users = (await listUsers(ctx.db)).map((user) => ({
      id: user.id,
      name: user.name,
      testOf: user.testOf,
      currency: 'USD',
      balance: formatMicros(user.balanceMicros),
      held: formatMicros(user.heldMicros),
      available: formatMicros(user.balanceMicros - user.heldMicros),
      createdAt: user.createdAt,
    }));
    return {
      json: {
        ok: true,
        users: users.map(({ createdAt, testOf, ...user }) => ({
          ...user,
          test_of: testOf,
          created_at: createdAt,
        })),
      },
      text: (style) =>
        users.length === 0
          ? 'There is no user yet. Create one: smsx user create --name "…"'
          : table(
              style,
              [
                { title: 'ID', align: 'right' },
                { title: 'NAME' },
                { title: 'KIND' },
                { title: 'BALANCE USD', align: 'right' },
                { title: 'HELD USD', align: 'right' },
                { title: 'AVAILABLE USD', align: 'right' },
                { title: 'CREATED' },
              ],
              users.map((user) => [
                String(user.id),
                user.name,
                user.testOf === null ? 'live' : `test twin of ${user.testOf}`,
                user.balance,
                user.held,
                user.available,
                moment(user.createdAt),
              ]),
            ),
    };
  },
};
