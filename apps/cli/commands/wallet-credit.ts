import type { Command } from '../command.ts';
import { MOVEMENT_OPTIONS, moveWallet } from '../wallet-movement.ts';

export const walletCredit: Command = {
  name: 'wallet credit',
  summary: 'Put money into a wallet',
  details:
    'With --reference the same payment is booked once, however often the command is repeated; the reply then says so and nothing changes.',
  options: MOVEMENT_OPTIONS,
  examples: [
    'wallet credit --user 1 --amount 25.00 --reason "bank transfer" --reference INV-2041',
    'wallet credit --user 1 --amount 0.50 --reason goodwill --json',
  ],
  run: (ctx, input) => moveWallet(ctx, input, 'credit'),
};
