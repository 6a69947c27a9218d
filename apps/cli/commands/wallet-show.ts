import { formatMicros } from '#libs/domain';
import { findUser, findWallet, listWalletEntries, type WalletEntry } from '#libs/store';
import { unknownUser } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { facts, moment, type Style, table } from '../style.ts';
import { moneyFacts } from '../wallet-movement.ts';

export const walletShow: Command = {
  name: 'wallet show',
  summary: 'Show a wallet and its latest movements',
  details: 'balance is all that is owned, held what open rentals may cost, available the rest.',
  options: [
    { flags: '--user <id>', description: 'whose wallet', required: true },
    { flags: '--limit <number>', description: 'movements to show', fallback: '10' },
  ],
  examples: ['wallet show --user 1', 'wallet show --user 1 --limit 100 --json'],
  async run(ctx, input) {
    const userId = input.id('user');
    const limit = input.optionalInteger('limit', 0, 10_000) ?? 10;
    const user = await findUser(ctx.db, userId);
    const wallet = await findWallet(ctx.db, userId);
    if (!user || !wallet) throw unknownUser(userId);
    const entries = await listWalletEntries(ctx.db, userId, limit);
    const money = {
      balance: formatMicros(wallet.balanceMicros),
      held: formatMicros(wallet.heldMicros),
      available: formatMicros(wallet.balanceMicros - wallet.heldMicros),
    };
    return {
      json: {
        ok: true,
        user_id: userId,
        name: user.name,
        test_of: user.testOf,
        currency: 'USD',
        ...money,
        entries: entries.map(entryJson),
      },
      text: (style) =>
        [
          facts(style, [
            ['user', `${userId}, ${user.name}${user.testOf === null ? '' : ', play money'}`],
            ...moneyFacts(money),
          ]),
          '',
          entries.length === 0 ? style.dim('No movement yet.') : entryTable(style, entries),
        ].join('\n'),
    };
  },
};

function entryJson(entry: WalletEntry): Record<string, unknown> {
  return {
    version: entry.version,
    kind: entry.kind,
    amount: formatMicros(entry.amountMicros),
    balance: formatMicros(entry.balanceMicros),
    held: formatMicros(entry.heldMicros),
    reason: entry.reason,
    reference: entry.reference,
    activation_id: entry.activationId === null ? null : String(entry.activationId),
    created_at: entry.createdAt,
  };
}

function entryTable(style: Style, entries: WalletEntry[]): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  return table(
    style,
    [
      { title: 'TIME' },
      { title: 'KIND' },
      right('AMOUNT USD'),
      right('BALANCE USD'),
      right('HELD USD'),
      { title: 'REASON' },
    ],
    entries.map((entry) => [
      moment(entry.createdAt),
      entry.kind,
      formatMicros(entry.amountMicros),
      formatMicros(entry.balanceMicros),
      formatMicros(entry.heldMicros),
      [
        entry.reason,
        entry.reference && `(${entry.reference})`,
        entry.activationId && `rental ${entry.activationId}`,
      ]
        .filter(Boolean)
        .join(' '),
    ]),
  );
}
