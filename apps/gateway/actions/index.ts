import { V1_ENDPOINTS } from '../v1/index.ts';
import { balance } from './balance.ts';
import { cancel } from './cancel.ts';
import { countries } from './countries.ts';
import { byName, type Endpoint } from './endpoint.ts';
import { finish } from './finish.ts';
import { prices } from './prices.ts';
import { rentNumber } from './rent-number.ts';
import { resend } from './resend.ts';
import { services } from './services.ts';
import { smsSend } from './sms-send.ts';
import { status } from './status.ts';
import { statuses } from './statuses.ts';
import { wallet } from './wallet.ts';

export type { Action, Method } from './action.ts';
export type { Endpoint } from './endpoint.ts';

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
  ...V1_ENDPOINTS,
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
