import type { Action } from '../actions/action.ts';
import { byName, type Endpoint } from '../actions/endpoint.ts';
import { getMessage } from './get-message.ts';
import { listWalletEntries } from './list-wallet-entries.ts';

/** The paths of /v1, each with one operation per method, in the order the documentation shows them. */
export const V1_ENDPOINTS: readonly Endpoint[] = [
  at('/v1/messages/:id', getMessage),
  at('/v1/wallet/entries', listWalletEntries),
];

function at(path: string, ...operations: Action[]): Endpoint {
  return { path, actions: byName(...operations), chosenByQuery: false, cors: false };
}
