import type { Action } from '../actions/action.ts';
import { wallet } from '../actions/wallet.ts';

/** As on the partner page. */
export const getWallet: Action = { ...wallet, name: 'get-wallet' };
