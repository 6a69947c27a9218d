import type { Command } from '../command.ts';
import { catalogueSync } from './catalogue-sync.ts';
import { doctor } from './doctor.ts';
import { keyCreate } from './key-create.ts';
import { keyList } from './key-list.ts';
import { keyRevoke } from './key-revoke.ts';
import { keyRotate } from './key-rotate.ts';
import { markupList } from './markup-list.ts';
import { markupRemove } from './markup-remove.ts';
import { markupSet } from './markup-set.ts';
import { migrate } from './migrate.ts';
import { operatorCreate } from './operator-create.ts';
import { providerAdd } from './provider-add.ts';
import { providerDisable } from './provider-disable.ts';
import { providerList } from './provider-list.ts';
import { providerRebase } from './provider-rebase.ts';
import { providerTopUp } from './provider-top-up.ts';
import { reconcileList } from './reconcile-list.ts';
import { reconcileResolve } from './reconcile-resolve.ts';
import { userCreate } from './user-create.ts';
import { userList } from './user-list.ts';
import { walletCredit } from './wallet-credit.ts';
import { walletDebit } from './wallet-debit.ts';
import { walletShow } from './wallet-show.ts';
import { webhookList } from './webhook-list.ts';
import { webhookReplay } from './webhook-replay.ts';
import { webhookSecret } from './webhook-secret.ts';

/** Every command, in the order of the help. */
export const COMMANDS: Command[] = [
  migrate,
  userCreate,
  userList,
  keyCreate,
  keyList,
  keyRevoke,
  keyRotate,
  walletShow,
  walletCredit,
  walletDebit,
  webhookSecret,
  webhookList,
  webhookReplay,
  providerAdd,
  providerList,
  providerDisable,
  providerTopUp,
  providerRebase,
  catalogueSync,
  markupList,
  markupSet,
  markupRemove,
  operatorCreate,
  doctor,
  reconcileList,
  reconcileResolve,
];
