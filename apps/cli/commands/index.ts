import type { Command } from '../command.ts';
import { doctor } from './doctor.ts';
import { keyCreate } from './key-create.ts';
import { migrate } from './migrate.ts';
import { userCreate } from './user-create.ts';
import { userList } from './user-list.ts';
import { walletCredit } from './wallet-credit.ts';
import { walletDebit } from './wallet-debit.ts';
import { walletShow } from './wallet-show.ts';

/** Every command, in the order of the help. */
export const COMMANDS: Command[] = [
  migrate,
  userCreate,
  userList,
  keyCreate,
  walletShow,
  walletCredit,
  walletDebit,
  doctor,
];
