import type { Action } from './action.ts';
import { balance } from './balance.ts';
import { cancel } from './cancel.ts';
import { countries } from './countries.ts';
import { finish } from './finish.ts';
import { getMessage } from './get-message.ts';
import { prices } from './prices.ts';
import { rentNumber } from './rent-number.ts';
import { resend } from './resend.ts';
import { services } from './services.ts';
import { smsSend } from './sms-send.ts';
import { status } from './status.ts';
import { statuses } from './statuses.ts';
import { wallet } from './wallet.ts';

export type { Action } from './action.ts';

/** A path of the partner API and what can be done there. */
export interface Endpoint {
  path: string;
  /** By name. Where the query parameter `action` chooses, there are many; else the only one is always meant. */
  actions: ReadonlyMap<string, Action>;
  chosenByQuery: boolean;
  /** Browsers of other origins may call it. */
  cors: boolean;
}

/** Everything partners can ask for, in the order the documentation shows it. */
export const ENDPOINTS: readonly Endpoint[] = [
  { path: '/api/sms-send.php', actions: byName(smsSend), chosenByQuery: false, cors: false },
  {
    path: '/api/virtual-numbers.php',
    actions: byName(
      balance,
      wallet,
      countries,
      services,
      prices,
      status,
      statuses,
      rentNumber,
      cancel,
      resend,
      finish,
    ),
    chosenByQuery: true,
    cors: true,
  },
  { path: '/v1/messages/:id', actions: byName(getMessage), chosenByQuery: false, cors: false },
];

/** What any action may answer with, beside its own. */
export const COMMON_ERRORS = [
  'invalid_request',
  'unauthorized',
  'insufficient_scope',
  'method_not_allowed',
  'rate_limited',
  'internal_error',
  'no_api_keys_configured',
  'overloaded',
] as const;

/** What any POST may answer with, beside that. */
export const POST_ERRORS = [
  'invalid_json',
  'invalid_idempotency_key',
  'idempotency_in_flight',
  'payload_too_large',
  'idempotency_mismatch',
] as const;

function byName(...actions: Action[]): ReadonlyMap<string, Action> {
  return new Map(actions.map((action) => [action.name, action]));
}
