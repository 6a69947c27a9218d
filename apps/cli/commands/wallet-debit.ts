import type { Command } from '../command.ts';
import { MOVEMENT_OPTIONS, moveWallet } from '../wallet-movement.ts';

export const walletDebit: Command = {
  name: 'wallet debit',
  summary: 'Take money out of a wallet',
  details:
    'Only what is available can be taken: money held for open rentals stays. With --reference the same movement is booked once.',
  options: MOVEMENT_OPTIONS,
  examples: ['wallet debit --user 1 --amount 5.00 --reason "refund to card" --reference RF-77'],
  run: (ctx, input) => moveWallet(ctx, input, 'debit'),
};
